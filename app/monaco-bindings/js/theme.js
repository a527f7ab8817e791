// Light and dark in the colours of the page around the editor.
import { editor } from "monaco-editor/editor/editor.api";

/**
 * Shows every editor in `colors`: six-digit hexadecimal colours (`#rrggbb`) by the names below.
 */
export function setTheme(dark, colors) {
  const name = dark ? "page-dark" : "page-light";
  const ink = (color) => color.slice(1);
  editor.defineTheme(name, {
    base: dark ? "vs-dark" : "vs",
    inherit: true,
    rules: [
      { token: "", foreground: ink(colors.ink) },
      { token: "keyword", foreground: ink(colors.keyword) },
      { token: "string", foreground: ink(colors.string) },
      { token: "string.escape", foreground: ink(colors.type) },
      { token: "regexp", foreground: ink(colors.string) },
      { token: "comment", foreground: ink(colors.muted), fontStyle: "italic" },
      { token: "function", foreground: ink(colors.function) },
      { token: "number", foreground: ink(colors.type) },
      { token: "type", foreground: ink(colors.type) },
      { token: "type.identifier", foreground: ink(colors.type) },
      { token: "tag", foreground: ink(colors.keyword) },
      { token: "attribute.name", foreground: ink(colors.function) },
      { token: "attribute.value", foreground: ink(colors.string) },
      { token: "delimiter", foreground: ink(colors.ink) },
    ],
    colors: {
      "editor.background": colors.panel,
      "editor.foreground": colors.ink,
      "editor.lineHighlightBackground": colors.sunken,
      "editor.lineHighlightBorder": "#00000000",
      "editor.selectionBackground": `${colors.accent}33`,
      "editor.inactiveSelectionBackground": `${colors.accent}1f`,
      "editorBracketHighlight.foreground1": colors.ink,
      "editorBracketHighlight.foreground2": colors.ink,
      "editorBracketHighlight.foreground3": colors.ink,
      "editorCursor.foreground": colors.accent,
      "editorError.foreground": colors.bad,
      "editorWarning.foreground": colors.warn,
      "editorGutter.background": colors.panel,
      "editorIndentGuide.background1": colors.line,
      "editorLineNumber.foreground": colors.muted,
      "editorLineNumber.activeForeground": colors.ink,
      "editorLineNumber.dimmedForeground": colors.muted,
      "editorWidget.background": colors.panel,
      "editorWidget.border": colors.line,
      "editorHoverWidget.background": colors.panel,
      "editorHoverWidget.border": colors.line,
      "editorSuggestWidget.background": colors.panel,
      "editorSuggestWidget.border": colors.line,
      "editorSuggestWidget.selectedBackground": colors.accentSoft,
      "editorSuggestWidget.selectedForeground": colors.ink,
      "editorSuggestWidget.highlightForeground": colors.accent,
      "editorSuggestWidget.focusHighlightForeground": colors.accent,
      "editorOverviewRuler.border": "#00000000",
      "diffEditor.insertedTextBackground": `${colors.ok}1f`,
      "diffEditor.removedTextBackground": `${colors.bad}1f`,
      "diffEditor.insertedLineBackground": `${colors.ok}14`,
      "diffEditor.removedLineBackground": `${colors.bad}14`,
      "diffEditor.unchangedRegionBackground": colors.sunken,
      "focusBorder": colors.accent,
      "scrollbarSlider.background": `${colors.muted}40`,
      "scrollbarSlider.hoverBackground": `${colors.muted}66`,
      "scrollbarSlider.activeBackground": `${colors.muted}80`,
      "widget.shadow": "#00000026",
    },
  });
  editor.setTheme(name);
}
