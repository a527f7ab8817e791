// Everything that hook code finds besides the language itself. Bundled by esbuild, evaluated once
// when the base image is made; `install` gets the natives of the Rust half and returns what it calls.
import "core-js/stable/url";
import "core-js/stable/url-search-params";
import "core-js/stable/structured-clone";

import { installAbort } from "./abort.js";
import { describe, installConsole, reportRejections, trackRejection } from "./console.js";
import { installCrypto } from "./crypto.js";
import { commonjs, names } from "./exports.js";
import { installFetch } from "./fetch.js";
import { invoke } from "./invoke.js";
import { fault, setNative } from "./native.js";
import { settle, waiting } from "./operations.js";
import { installText } from "./text.js";
import { installTimers } from "./timers.js";

export function install(native) {
  setNative(native);
  installConsole();
  installText();
  installTimers();
  installAbort();
  installFetch();
  installCrypto();
  Math.random = () => native.random();
  return { commonjs, describe, fault, invoke, names, reportRejections, settle, trackRejection, waiting };
}
