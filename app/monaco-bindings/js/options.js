// What every editor here looks and behaves like.

/** Options shared by the code editor and the diff. */
export const common = {
  automaticLayout: true,
  // With it Chromium pastes into the page instead of the text once a dialog has given the focus back.
  editContext: false,
  fixedOverflowWidgets: true,
  fontFamily: '"JetBrains Mono Variable", "JetBrains Mono", ui-monospace, monospace',
  fontLigatures: false,
  fontSize: 13,
  lineHeight: 20,
  lineNumbersMinChars: 4,
  minimap: { enabled: false },
  overviewRulerBorder: false,
  padding: { top: 12, bottom: 12 },
  renderLineHighlightOnlyWhenFocus: true,
  scrollBeyondLastLine: false,
  smoothScrolling: false,
  tabSize: 2,
};
