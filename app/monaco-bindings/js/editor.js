// One editor on one file.
import { editor, KeyCode, KeyMod, MarkerSeverity, Uri } from "monaco-editor/editor/editor.api";
import {
  getJavaScriptWorker,
  getTypeScriptWorker,
} from "monaco-editor/languages/features/typescript/register";

import { common } from "./options.js";

const SEVERITY = {
  [MarkerSeverity.Error]: "error",
  [MarkerSeverity.Warning]: "warning",
  [MarkerSeverity.Info]: "info",
};

/** Keys that a page may give a meaning, by the names it uses for them. */
const KEYS = {
  save: KeyMod.CtrlCmd | KeyCode.KeyS,
  run: KeyMod.CtrlCmd | KeyCode.Enter,
  submit: KeyMod.CtrlCmd | KeyMod.Shift | KeyCode.Enter,
};

/**
 * Opens an editor in `element` on a file called `file` (a whole `file:///` address of its own), and
 * returns it.
 */
export function createEditor(element, file, language, text, label) {
  return new Editor(element, Uri.parse(file), language, text, label);
}

class Editor {
  #editor;
  #model;
  #language;
  #subscriptions = [];
  #silent = false;

  constructor(element, uri, language, text, label) {
    // A model that a page left behind would make the same address fail.
    editor.getModel(uri)?.dispose();
    this.#language = language;
    this.#model = editor.createModel(text, language, uri);
    this.#editor = editor.create(element, {
      ...common,
      model: this.#model,
      ariaLabel: label,
      "semanticHighlighting.enabled": true,
      bracketPairColorization: { enabled: false },
      quickSuggestions: { other: true, comments: false, strings: true },
    });
  }

  /** Calls `heard(text)` after a change by the reader, not after `setValue`. */
  onChange(heard) {
    this.#subscriptions.push(
      this.#model.onDidChangeContent(() => {
        if (!this.#silent) heard(this.getValue());
      }),
    );
  }

  /** Calls `heard(json)` when the problems of this file may have changed. */
  onProblems(heard) {
    const own = this.#model.uri.toString();
    // The event names the files whose problems changed; what they are now is asked of the model.
    this.#subscriptions.push(
      editor.onDidChangeMarkers((changed) => {
        if (changed.some((uri) => uri.toString() === own)) heard(JSON.stringify(this.markers()));
      }),
    );
  }

  /** Calls `heard(line, column)`, counted from 1, when the cursor moves. */
  onCursor(heard) {
    this.#subscriptions.push(
      this.#editor.onDidChangeCursorPosition(({ position }) => heard(position.lineNumber, position.column)),
    );
  }

  /** Runs `action` on the keys called `name`. */
  onKey(name, action) {
    this.#subscriptions.push(
      this.#editor.addAction({ id: `page.${name}`, label: name, keybindings: [KEYS[name]], run: () => action() }),
    );
  }

  getValue() {
    return this.#model.getValue();
  }

  /** Replaces the text in one step that can be undone. */
  setValue(text) {
    if (text === this.getValue()) return;
    this.#silent = true;
    // Undo brings back what was there before, not that together with the last typing.
    this.#model.pushStackElement();
    this.#model.pushEditOperations([], [{ range: this.#model.getFullModelRange(), text }], () => null);
    this.#model.pushStackElement();
    this.#silent = false;
  }

  /** Types `text` where the cursor is, and puts the cursor after it. */
  insertText(text) {
    this.#editor.focus();
    this.#editor.trigger("page", "type", { text });
  }

  /** Problems as `[{ severity, message, line, column, endLine, endColumn, code }]`, in order of place. */
  markers() {
    return editor
      .getModelMarkers({ resource: this.#model.uri })
      // Hints only grey out what is unused.
      .filter((marker) => marker.severity !== MarkerSeverity.Hint)
      .map((marker) => ({
        severity: SEVERITY[marker.severity],
        message: marker.message,
        line: marker.startLineNumber,
        column: marker.startColumn,
        endLine: marker.endLineNumber,
        endColumn: marker.endColumn,
        code: typeof marker.code === "object" ? marker.code.value : (marker.code ?? ""),
      }))
      .sort((a, b) => a.line - b.line || a.column - b.column);
  }

  /** Asks the checker now, without waiting for the squiggles. Resolves to the JSON of `markers()`. */
  async check() {
    if (this.#language !== "typescript" && this.#language !== "javascript") return "[]";
    const connect = await (this.#language === "typescript" ? getTypeScriptWorker() : getJavaScriptWorker());
    const client = await connect(this.#model.uri);
    const file = this.#model.uri.toString();
    const found = (
      await Promise.all([client.getSyntacticDiagnostics(file), client.getSemanticDiagnostics(file)])
    ).flat();
    if (this.#model.isDisposed()) return "[]";
    return JSON.stringify(found.map((diagnostic) => this.#problem(diagnostic)));
  }

  #problem({ start = 0, length = 0, messageText, code, category }) {
    const from = this.#model.getPositionAt(start);
    const to = this.#model.getPositionAt(start + length);
    return {
      severity: ["warning", "error", "info", "info"][category],
      message: typeof messageText === "string" ? messageText : messageText.messageText,
      line: from.lineNumber,
      column: from.column,
      endLine: to.lineNumber,
      endColumn: to.column,
      code: String(code),
    };
  }

  format() {
    return this.#editor.getAction("editor.action.formatDocument").run();
  }

  nextProblem() {
    this.#editor.focus();
    return this.#editor.getAction("editor.action.marker.next").run();
  }

  /** Puts the cursor at a place counted from 1 and scrolls it into view. */
  reveal(line, column) {
    const position = { lineNumber: line, column };
    this.#editor.setPosition(position);
    this.#editor.revealPositionInCenterIfOutsideViewport(position);
    this.#editor.focus();
  }

  setReadOnly(readOnly) {
    this.#editor.updateOptions({ readOnly });
  }

  focus() {
    this.#editor.focus();
  }

  dispose() {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#editor.dispose();
    this.#model.dispose();
  }
}
