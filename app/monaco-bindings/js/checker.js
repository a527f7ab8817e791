// The type checker of hooks: the editor's own, with a library that agrees with the engine, and messages that name the
// way around.
import { libFileMap } from "monaco-editor/languages/features/typescript/lib/lib";
import { typescript as ts } from "monaco-editor/languages/features/typescript/lib/typescriptServices";
import { TypeScriptWorker } from "monaco-editor/languages/features/typescript/tsWorker";

import absent from "../../../server/crates/script/platform/absent.json" with { type: "json" };
import { agree } from "../../../server/crates/script/platform/language.js";

/** TypeScript's codes for a name that is not declared, with and without advice on configuration. */
const NO_NAME = [2304, 2318, 2503, 2552, 2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593, 2868];
const NO_MODULE = [2307, 2792];
/** `export =`, which TypeScript thinks possible in CommonJS only: the server makes CommonJS of it. */
const EXPORT_EQUALS = 1203;
/** An async function whose `@type` may also return nothing: right, as the types of handlers are. */
const ASYNC_RESULT = [1064, 1065];
/** Not one of TypeScript's codes. */
const DECORATOR = 90001;

agree(libFileMap);

/** Answers the editor's questions about hooks. */
export class HookChecker extends TypeScriptWorker {
  async getSyntacticDiagnostics(file) {
    return [...(await super.getSyntacticDiagnostics(file)), ...this.#decorators(file)];
  }

  async getSemanticDiagnostics(file) {
    const found = await super.getSemanticDiagnostics(file);
    const right = ({ code }) => code === EXPORT_EQUALS || (ASYNC_RESULT.includes(code) && file.endsWith(".js"));
    const wrong = found.filter((diagnostic) => !right(diagnostic));
    return wrong.map((diagnostic) => ({ ...diagnostic, messageText: explained(diagnostic) }));
  }

  /** TypeScript knows decorators; the engine does not. */
  #decorators(file) {
    const source = this.getLanguageService().getProgram()?.getSourceFile(file);
    const found = [];
    const visit = (node) => {
      if (ts.isDecorator(node)) {
        found.push({
          category: ts.DiagnosticCategory.Error,
          code: DECORATOR,
          start: node.getStart(source),
          length: node.getWidth(source),
          messageText: absent.decorators,
        });
      }
      ts.forEachChild(node, visit);
    };
    if (source?.text.includes("@")) visit(source);
    return found;
  }
}

/** The message, with what hooks have instead. */
function explained({ code, messageText }) {
  const message = ts.flattenDiagnosticMessageText(messageText, "\n");
  const name = /'([^']+)'/.exec(message)?.[1];
  if (NO_NAME.includes(code) && Object.hasOwn(absent.globals, name)) {
    return `Cannot find name '${name}': ${absent.globals[name]}.`;
  }
  if (NO_MODULE.includes(code)) {
    const known = name.replace(/^node:/, "");
    const advice = Object.hasOwn(absent.modules, known) ? absent.modules[known] : absent.noModules;
    return `Cannot find module '${name}': ${advice}.`;
  }
  return messageText;
}
