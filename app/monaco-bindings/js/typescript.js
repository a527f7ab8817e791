// What the type checker knows: the language and the declarations that the caller gives. No browser
// and no Node types: code runs where neither exists.
import {
  javascriptDefaults,
  ScriptTarget,
  ModuleKind,
  ModuleResolutionKind,
  typescriptDefaults,
} from "monaco-editor/languages/features/typescript/register";

/** TypeScript's `moduleDetection`: the editor's own enumeration leaves it out. */
const Detection = { Auto: 2, Force: 3 };

/** Hints about code that is merely untidy; they would drown the errors that block a deployment. */
const UNTIDY = [
  80001, // "File is a CommonJS module; it may be converted to an ES module."
  80002, // "This constructor function may be converted to a class declaration."
  80004, // "JSDoc types may be moved to TypeScript types."
];

/** Sets the compiler options of both languages. Once. */
export function configure() {
  const options = {
    strict: true,
    target: ScriptTarget.ESNext,
    module: ModuleKind.ESNext,
    moduleResolution: ModuleResolutionKind.NodeJs,
    lib: ["esnext"],
    types: [],
    allowNonTsExtensions: true,
    allowJs: true,
    noEmit: true,
    esModuleInterop: true,
    forceConsistentCasingInFileNames: true,
  };
  // Two files that export nothing would otherwise share one scope.
  typescriptDefaults.setCompilerOptions({ ...options, moduleDetection: Detection.Force });
  // A JavaScript file may be CommonJS, which only detection by content allows; its parameters have no
  // types to write down, so that a missing one is not an error.
  javascriptDefaults.setCompilerOptions({
    ...options,
    checkJs: true,
    noImplicitAny: false,
    moduleDetection: Detection.Auto,
  });
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
