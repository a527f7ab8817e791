// Colours of the languages that hooks are written in: Monaco's grammars, which know no functions.
import { languages } from "monaco-editor/editor/editor.api";
import { language as javascript } from "monaco-editor/languages/definitions/javascript/javascript";
import { language as typescript } from "monaco-editor/languages/definitions/typescript/typescript";

/** Sets the grammars. Once, before the first editor. */
export function colour() {
  languages.setMonarchTokensProvider("typescript", withFunctions(typescript));
  languages.setMonarchTokensProvider("javascript", withFunctions(javascript));
}

function withFunctions(language) {
  const { tokenizer } = language;
  const rules = [
    // What follows a dot is a name, even where it reads like a keyword: `cache.get(…)`.
    [/(\??\.)(#?[a-zA-Z_$][\w$]*)(?=\s*(?:<[\w$<>[\], |]*>)?\()/, ["delimiter", "function"]],
    [/(\??\.)(#?[a-z_$][\w$]*)/, ["delimiter", "identifier"]],
    [/[a-z_$][\w$]*(?=\s*\()/, { cases: { "@keywords": "keyword", "@default": "function" } }],
  ];
  return { ...language, tokenizer: { ...tokenizer, common: [...rules, ...tokenizer.common] } };
}
