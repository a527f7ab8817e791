// The type checker's worker.
import { initialize } from "monaco-editor/internal/common/initialize";

import { HookChecker } from "./checker.js";

self.onmessage = () => {
  initialize((context, data) => new HookChecker(context, data));
};
