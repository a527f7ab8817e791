// The code editor as one module: Monaco with everything a reader expects of it, and the languages
// that are edited here. Loaded on demand, so that other pages pay nothing for it.
import "monaco-editor/features/register.all";
import "monaco-editor/languages/definitions/css/register";
import "monaco-editor/languages/definitions/html/register";
import "monaco-editor/languages/definitions/javascript/register";
import "monaco-editor/languages/definitions/typescript/register";

import { colour } from "./grammar.js";
import { configure } from "./typescript.js";

export { createEditor } from "./editor.js";
export { createDiff } from "./diff.js";
export { setTheme } from "./theme.js";
export { setLibraries } from "./typescript.js";

// Workers are files beside this one, so that a content security policy needs no `blob:`.
self.MonacoEnvironment = {
  getWorker(_module, label) {
    const file = label === "typescript" || label === "javascript" ? "ts.worker.js" : "editor.worker.js";
    return new Worker(new URL(`./${file}`, import.meta.url), { type: "module", name: label });
  },
};

colour();
configure();
await styles();

/** Loads the stylesheet beside this module; an editor measured without it lays out wrong. */
function styles() {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL("./host.css", import.meta.url).href;
    link.onload = () => resolve();
    link.onerror = () => reject(new Error("The editor's stylesheet did not load."));
    document.head.append(link);
  });
}
