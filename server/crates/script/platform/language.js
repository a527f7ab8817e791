// The editor's library of the language, made to agree with the sandbox's engine. TypeScript's own files promise
// what the engine does not have: locales (`Intl`), and features of later drafts.

/** Globals that TypeScript's library declares and the engine, which has one thread, lacks. */
const MISSING = ["Atomics"];

/** Files about locales, about browsers of old, and about decorators, which the engine does not know. */
const LEFT_OUT = /\.(intl|scripthost|decorators|decorators\.legacy)\.d\.ts$/;

/** Changes TypeScript's library, `{ "lib.es5.d.ts": text, … }`, in place. */
export function agree(library) {
  for (const file of Object.keys(library)) {
    if (LEFT_OUT.test(file)) library[file] = "";
    else library[file] = withoutMatches(withoutLocales(without(MISSING, library[file])));
  }
}

/** The engine formats everything in one way: no `Intl`, no locale arguments. */
function withoutLocales(text) {
  return text
    .replace(/^declare namespace Intl \{[^]*?^\}/gm, "")
    .replace(/\b(toLocale\w+|localeCompare)\(([^()]*?)(?:, )?locales\??:[^()]*\)/g, "$1($2)");
}

/** The engine does not remember the last match of any expression in `RegExp.$1` and the like. */
function withoutMatches(text) {
  const remembered = /^ +"?(?:\$.|input|lastMatch|lastParen|leftContext|rightContext)"?: .*;$/gm;
  return text.replace(/^interface RegExpConstructor \{[^]*?^\}/gm, (whole) => whole.replace(remembered, ""));
}

function without(names, text) {
  for (const name of names) {
    const declared = new RegExp(`^(?:interface|declare (?:var|function|class|namespace)) ${name}\\b[^]*?(?:^\\}|;$)`, "gm");
    text = text.replace(declared, "");
  }
  return text;
}
