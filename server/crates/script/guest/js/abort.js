// AbortController and AbortSignal, as far as fetch needs them.
import { define } from "./native.js";
import { sleep } from "./timers.js";

export function installAbort() {
  define("AbortController", AbortController);
  define("AbortSignal", AbortSignal);
}

const abort = Symbol("abort");

class AbortSignal {
  #reason;
  #aborted = false;
  #listeners = new Set();
  onabort = null;

  get aborted() {
    return this.#aborted;
  }

  get reason() {
    return this.#reason;
  }

  throwIfAborted() {
    if (this.#aborted) throw this.#reason;
  }

  addEventListener(type, listener) {
    if (type === "abort") this.#listeners.add(listener);
  }

  removeEventListener(type, listener) {
    if (type === "abort") this.#listeners.delete(listener);
  }

  [abort](reason = new DOMException("the operation was aborted", "AbortError")) {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    const event = { type: "abort", target: this };
    this.onabort?.(event);
    for (const listener of this.#listeners) listener.handleEvent?.(event) ?? listener(event);
    this.#listeners.clear();
  }

  static abort(reason) {
    const signal = new AbortSignal();
    signal[abort](reason);
    return signal;
  }

  static timeout(milliseconds) {
    const signal = new AbortSignal();
    sleep(milliseconds).promise.then(() => {
      signal[abort](new DOMException("the operation took too long", "TimeoutError"));
    });
    return signal;
  }

  static any(signals) {
    const joined = new AbortSignal();
    for (const signal of signals) {
      if (signal.aborted) joined[abort](signal.reason);
      else signal.addEventListener("abort", () => joined[abort](signal.reason));
    }
    return joined;
  }
}

class AbortController {
  signal = new AbortSignal();

  abort(reason) {
    this.signal[abort](reason);
  }
}
