// Two texts side by side, or one below the other where there is no room.
import { editor, Uri } from "monaco-editor/editor/editor.api";

import { common } from "./options.js";

let opened = 0;

/** Opens a diff of `original` and `modified` in `element`, and returns it. */
export function createDiff(element, language, original, modified) {
  return new Diff(element, language, original, modified);
}

class Diff {
  #editor;
  #original;
  #modified;

  constructor(element, language, original, modified) {
    opened += 1;
    // Own addresses: the checker would otherwise see two versions of one file in one scope.
    const uri = (side) => Uri.parse(`file:///diff/${opened}/${side}/hook`);
    this.#original = editor.createModel(original, language, uri("original"));
    this.#modified = editor.createModel(modified, language, uri("modified"));
    this.#editor = editor.createDiffEditor(element, {
      ...common,
      hideUnchangedRegions: { enabled: true },
      originalEditable: false,
      readOnly: true,
      renderOverviewRuler: false,
      renderSideBySideInlineBreakpoint: 900,
      renderValidationDecorations: "off",
      useInlineViewWhenSpaceIsLimited: true,
    });
    this.#editor.setModel({ original: this.#original, modified: this.#modified });
    this.#editor.getOriginalEditor().updateOptions({ ariaLabel: "Old version" });
    this.#editor.getModifiedEditor().updateOptions({ ariaLabel: "New version" });
  }

  setTexts(original, modified) {
    if (this.#original.getValue() !== original) this.#original.setValue(original);
    if (this.#modified.getValue() !== modified) this.#modified.setValue(modified);
  }

  dispose() {
    this.#editor.dispose();
    this.#original.dispose();
    this.#modified.dispose();
  }
}
