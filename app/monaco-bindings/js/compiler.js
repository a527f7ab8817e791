// Options of the type checker, as plain numbers: tests use them without an editor around them.

/** TypeScript's enumerations, of which the editor exports only some. */
const ScriptTarget = { ESNext: 99 };
const ModuleKind = { ESNext: 99 };
const ModuleResolution = { NodeJs: 2 };
const ModuleDetection = { Auto: 2, Force: 3 };

const common = {
  strict: true,
  target: ScriptTarget.ESNext,
  module: ModuleKind.ESNext,
  moduleResolution: ModuleResolution.NodeJs,
  lib: ["esnext"],
  types: [],
  allowNonTsExtensions: true,
  allowJs: true,
  noEmit: true,
  esModuleInterop: true,
  forceConsistentCasingInFileNames: true,
};

/** Two files that export nothing would otherwise share one scope. */
export const typescript = { ...common, moduleDetection: ModuleDetection.Force };

/**
 * A JavaScript file may be CommonJS, which only detection by content allows; its parameters have no types to write
 * down, so that a missing one is not an error.
 */
export const javascript = {
  ...common,
  checkJs: true,
  noImplicitAny: false,
  moduleDetection: ModuleDetection.Auto,
};
