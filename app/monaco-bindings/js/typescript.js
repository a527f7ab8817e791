// What the type checker knows: the language and the declarations that the caller gives. No browser
// and no Node types: code runs where neither exists.
import { javascriptDefaults, typescriptDefaults } from "monaco-editor/languages/features/typescript/register";

import { javascript, typescript } from "./compiler.js";

/** Hints about code that is merely untidy; they would drown the errors that block a deployment. */
const UNTIDY = [
  80001, // "File is a CommonJS module; it may be converted to an ES module."
  80002, // "This constructor function may be converted to a class declaration."
  80004, // "JSDoc types may be moved to TypeScript types."
];

/** Sets the compiler options of both languages. Once. */
export function configure() {
  typescriptDefaults.setCompilerOptions(typescript);
  javascriptDefaults.setCompilerOptions(javascript);
  for (const defaults of [typescriptDefaults, javascriptDefaults]) {
    defaults.setEagerModelSync(true);
    defaults.setDiagnosticsOptions({ diagnosticCodesToIgnore: UNTIDY });
  }
}

/**
 * Replaces the files that the checker knows beside the open ones: `[{ file, text }]`, `file` being a
 * whole `file:///` address.
 */
export function setLibraries(libraries) {
  const files = libraries.map(({ file, text }) => ({ filePath: file, content: text }));
  typescriptDefaults.setExtraLibs(files);
  javascriptDefaults.setExtraLibs(files);
}
