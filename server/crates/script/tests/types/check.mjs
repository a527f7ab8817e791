// Type-checks hooks as the editor does: with its checker, its options and its library. Reads from standard input
//   { "libraries": { "platform.d.ts": text }, "projects": { "one": { "a.ts": text } }, "surface": true }
// and writes
//   { "problems": { "one": { "a.ts": [{ "code", "line", "message" }] } }, "surface": { name: … } }
import { readFileSync } from "node:fs";

import { typescript as ts } from "../../../../../app/node_modules/monaco-editor/esm/vs/languages/features/typescript/lib/typescriptServices.js";
import { HookChecker } from "../../../../../app/monaco-bindings/js/checker.js";
import * as options from "../../../../../app/monaco-bindings/js/compiler.js";

const given = JSON.parse(readFileSync(0, "utf8"));
// What projects have in common is parsed once.
const registry = ts.createDocumentRegistry();
const answer = { problems: {} };
for (const [name, files] of Object.entries(given.projects ?? {})) answer.problems[name] = await check(files);
if (given.surface) {
  const worker = open([["surface.ts", "export {};"]], options.typescript);
  answer.surface = surface(worker.getLanguageService().getProgram());
}
process.stdout.write(JSON.stringify(answer));

async function check(files) {
  const found = {};
  for (const [ending, language] of [[".ts", options.typescript], [".js", options.javascript]]) {
    // Declarations are part of both.
    const part = Object.entries(files).filter(([name]) => name.endsWith(ending) || name.endsWith(".d.ts"));
    if (!part.some(([name]) => name.endsWith(ending))) continue;
    const worker = open(part, language);
    for (const [name, text] of part) found[name] = await problems(worker, name, text);
  }
  return found;
}

function address(name) {
  return `file:///${name}`;
}

function open(files, compilerOptions) {
  const models = files.map(([name, text]) => ({
    uri: { path: `/${name}`, toString: () => address(name) },
    version: 1,
    getValue: () => text,
  }));
  const libraries = Object.entries(given.libraries).map(([name, content]) => [address(name), { content, version: 1 }]);
  const data = { compilerOptions, extraLibs: Object.fromEntries(libraries) };
  const worker = new HookChecker({ getMirrorModels: () => models }, data);
  worker._languageService = ts.createLanguageService(worker, registry);
  return worker;
}

async function problems(worker, name, text) {
  const found = [
    ...(await worker.getSyntacticDiagnostics(address(name))),
    ...(await worker.getSemanticDiagnostics(address(name))),
  ];
  return found.map(({ code, start = 0, messageText }) => ({
    code,
    line: text.slice(0, start).split("\n").length,
    message: ts.flattenDiagnosticMessageText(messageText, "\n"),
  }));
}

/** Every global value that is declared, with its members. */
function surface(program) {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(address("surface.ts"));
  const found = {};
  for (const symbol of checker.getSymbolsInScope(file, ts.SymbolFlags.Value)) {
    // Modules are listed too, with quotes around their names.
    if (["globalThis", "undefined"].includes(symbol.name) || symbol.name.startsWith('"')) continue;
    found[symbol.name] = described(checker, checker.getTypeOfSymbolAtLocation(symbol, file), 2);
  }
  return found;
}

function described(checker, type, depth) {
  if (!(type.flags & ts.TypeFlags.StructuredType)) return { kind: "value", members: {}, prototype: {} };
  const kind = type.getConstructSignatures().length > 0 || isAbstract(type)
    ? "class"
    : type.getCallSignatures().length > 0
      ? "function"
      : "value";
  const members = {};
  const prototype = {};
  for (const property of checker.getPropertiesOfType(type)) {
    const of = checker.getTypeOfSymbol(property);
    if (property.name === "prototype") {
      for (const member of checker.getPropertiesOfType(of)) prototype[nameOf(member)] = kindOf(checker, member);
    } else {
      members[nameOf(property)] = kindOf(checker, property);
      if (depth > 0 && kind === "value" && of.symbol?.flags & ts.SymbolFlags.Interface && of.getCallSignatures().length === 0) {
        members[nameOf(property)] = described(checker, of, depth - 1);
      }
    }
  }
  return { kind, members, prototype };
}

/** Abstract classes have no signature to construct them with. */
function isAbstract(type) {
  return Boolean(type.symbol && type.symbol.flags & ts.SymbolFlags.Class);
}

/** `name`, or `@@iterator` for `Symbol.iterator`. */
function nameOf(symbol) {
  return String(symbol.escapedName).replace(/^__@(\w+)@.*$/, "@@$1").replace(/^___/, "__");
}

/** `method` or `property`, with a question mark when it may be missing. */
function kindOf(checker, symbol) {
  const kind = symbol.flags & ts.SymbolFlags.Method ? "method" : "property";
  return symbol.flags & ts.SymbolFlags.Optional ? `${kind}?` : kind;
}
