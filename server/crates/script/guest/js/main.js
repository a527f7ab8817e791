// Everything that hook code finds besides the language itself. Bundled by esbuild, evaluated once
// when the base image is made; `install` gets the natives of the Rust half and returns what it calls.
import { installUrl } from "./url.js";
import { installAbort } from "./abort.js";
import { installClone } from "./clone.js";
import { beginCall, installClock } from "./clock.js";
import { describe, installConsole, reportRejections, trackRejection } from "./console.js";
import { installCrypto } from "./crypto.js";
import { installEvents } from "./events.js";
import { commonjs, names } from "./exports.js";
import { installExceptions } from "./exceptions.js";
import { installFetch } from "./fetch.js";
import { invoke } from "./invoke.js";
import { installLocale } from "./locale.js";
import { loaded, noteRejection } from "./loading.js";
import { fault, setNative } from "./native.js";
import { installPerformance } from "./performance.js";
import { settle, waiting } from "./operations.js";
import { installTextStreams } from "./text_streams.js";
import { installTimers, reportTimers } from "./timers.js";

export function install(native) {
  setNative(native);
  installClock();
  installConsole();
  installLocale();
  installClone();
  installUrl();
  installTimers();
  installEvents();
  installPerformance();
  installExceptions();
  installAbort();
  installFetch();
  installTextStreams();
  installCrypto();
  return {
    commonjs,
    describe,
    fault,
    loaded,
    names,
    settle,
    waiting,
    invoke(exported, call) {
      beginCall();
      return invoke(exported, call);
    },
    reportRejections(own) {
      reportTimers();
      reportRejections(own);
    },
    trackRejection(promise, reason, handled) {
      noteRejection(promise, reason, handled);
      trackRejection(promise, reason, handled);
    },
  };
}
