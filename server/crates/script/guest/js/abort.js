// AbortController and AbortSignal.
import { EventTarget, fire, handlerAttribute } from "./events.js";
import { enforceRange, expose, required } from "./idl.js";
import { sleep } from "./timers.js";

const FROM_HERE = Symbol("made by the platform");

export function installAbort() {
  handlerAttribute(AbortSignal, "abort");
  expose("AbortController", AbortController);
  expose("AbortSignal", AbortSignal);
}

let abort;
let follow;
let listen;

class AbortSignal extends EventTarget {
  #aborted = false;
  #reason;
  #steps = new Set();
  // Of a signal that `any` made: the signals that abort it. Of any other: those that it aborts.
  #sources = null;
  #dependents = new Set();

  constructor() {
    if (arguments[0] !== FROM_HERE) {
      throw new TypeError("AbortSignal has no constructor: use AbortController, AbortSignal.abort(), timeout() or any()");
    }
    super();
  }

  static {
    abort = (signal, reason) => {
      if (signal.#aborted) return;
      signal.#mark(reason === undefined ? new DOMException("the operation was aborted", "AbortError") : reason);
      const together = [...signal.#dependents].filter((dependent) => !dependent.#aborted);
      for (const dependent of together) dependent.#mark(signal.#reason);
      for (const one of [signal, ...together]) one.#run();
    };
    follow = (signal, others) => {
      signal.#sources = new Set();
      for (const other of others) {
        for (const source of other.#sources ?? [other]) {
          signal.#sources.add(source);
          source.#dependents.add(signal);
        }
      }
    };
    listen = (signal, step) => {
      if (signal.#aborted) return () => {};
      signal.#steps.add(step);
      return () => void signal.#steps.delete(step);
    };
  }

  #mark(reason) {
    this.#aborted = true;
    this.#reason = reason;
  }

  #run() {
    const steps = [...this.#steps];
    this.#steps.clear();
    for (const step of steps) step(this.#reason);
    fire(this, "abort");
  }

  get aborted() {
    return this.#aborted;
  }

  get reason() {
    return this.#reason;
  }

  throwIfAborted() {
    if (this.#aborted) throw this.#reason;
  }

  static abort(reason = undefined) {
    const signal = new AbortSignal(FROM_HERE);
    abort(signal, reason);
    return signal;
  }

  static timeout(milliseconds) {
    required(1, arguments, "AbortSignal.timeout");
    const delay = enforceRange(milliseconds, Number.MAX_SAFE_INTEGER, "the timeout");
    const signal = new AbortSignal(FROM_HERE);
    sleep(delay, "AbortSignal.timeout").promise.then(() =>
      abort(signal, new DOMException(`the operation took longer than ${delay} ms`, "TimeoutError")),
    );
    return signal;
  }

  static any(signals) {
    required(1, arguments, "AbortSignal.any");
    const others = [...signals];
    if (others.some((other) => !(other instanceof AbortSignal))) throw new TypeError("AbortSignal.any takes signals");
    const signal = new AbortSignal(FROM_HERE);
    const first = others.find((other) => other.#aborted);
    if (first) signal.#mark(first.#reason);
    else follow(signal, others);
    return signal;
  }
}

class AbortController {
  #signal = new AbortSignal(FROM_HERE);

  get signal() {
    return this.#signal;
  }

  abort(reason = undefined) {
    abort(this.#signal, reason);
  }
}

/** Calls `step` with the reason when the signal aborts, before its listeners; returns what takes that back. */
export function onAbort(signal, step) {
  return listen(signal, step);
}

/** Whether a value is a signal of this platform. */
export function isSignal(value) {
  return value instanceof AbortSignal;
}
