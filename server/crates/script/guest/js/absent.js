// What hooks cannot have, and what to use instead: said where an author meets its absence.
import { textOf } from "./native.js";

const NODE = "hooks run without Node.js and npm packages";
const INSTEAD = {
  Buffer: `${NODE}; use Uint8Array, TextEncoder and atob/btoa, or the digest encodings of crypto.createHash`,
  process: `${NODE}; settings and secrets come in the handler's arguments`,
  __dirname: `${NODE}, and there are no files`,
  __filename: `${NODE}, and there are no files`,
  require: "an ES module imports: import crypto from 'crypto'; that is the only module",
  module: "an ES module uses export",
  exports: "an ES module uses export",
  global: "use globalThis",
  window: "there is no page; use globalThis",
  document: "there is no page",
  self: "use globalThis",
  localStorage: "there is no page; keep values with the cache of the SDK",
  sessionStorage: "there is no page; keep values with the cache of the SDK",
  setImmediate: "use setTimeout(callback, 0) or queueMicrotask(callback)",
  clearImmediate: "use clearTimeout",
  XMLHttpRequest: "use fetch",
  WebSocket: "hooks make single requests; use fetch",
  EventSource: "hooks make single requests; use fetch",
  Worker: "a hook has one thread; use Promise.all for calls at the same time",
  MessageChannel: "a hook has one thread; use queueMicrotask",
  SharedArrayBuffer: "a hook has one thread; use ArrayBuffer",
  WebAssembly: "hooks run JavaScript only",
  Intl: "hooks have no locale data; format by hand, for example with toISOString(), toFixed() and padStart()",
  Temporal: "use Date",
  CompressionStream: "bodies of fetch are decompressed already",
  DecompressionStream: "bodies of fetch are decompressed already",
};
const hasOwn = Object.hasOwn;
const { call } = Function.prototype;
const exec = call.bind(RegExp.prototype.exec);
const ABSENT = /^'?([A-Za-z_$][\w$]*)'? is not defined$/;

/** ": use …" for the error of a name that is not there; else "". */
export function absentHint(error) {
  try {
    if (!(error instanceof ReferenceError)) return "";
    const found = exec(ABSENT, textOf(error.message));
    return found !== null && hasOwn(INSTEAD, found[1]) ? `: ${INSTEAD[found[1]]}` : "";
  } catch {
    return "";
  }
}
