// Operations that the host performs: each has a ticket and settles a promise.
import { after, clean, failure, hide, native, parse, stringify } from "./native.js";

const NativePromise = Promise;
// Without a prototype, so that nothing hook code does to one reaches it.
const pending = Object.create(null);
let hostCalls = 0;

/** Starts an operation; `args` becomes JSON, unless it is JSON text already. `timer` operations do not keep the run alive. */
export function start(operation, args, { timer = false } = {}) {
  const text = jsonOf(args);
  // Made now, because when the operation fails the stack no longer says who asked for it.
  const error = timer ? undefined : failure(operation);
  const ticket = native.start(operation, text);
  const promise = new NativePromise((resolve, reject) => {
    pending[ticket] = { resolve, reject, error, timer };
  });
  if (!timer) hostCalls += 1;
  return { promise, ticket };
}

/** Performs an operation while everything else in the run waits. */
export function perform(operation, args) {
  const error = failure(operation);
  const answer = native.perform(operation, jsonOf(args));
  if (answer[0] === "+") return parse(after(answer, 1));
  throw withMessage(error, after(answer, 1));
}

function jsonOf(args) {
  return typeof args === "string" ? args : stringify(args);
}

/** Forgets an operation; its promise is rejected with `reason`, if one is given. */
export function cancel(ticket, reason) {
  const entry = pending[ticket];
  if (!entry) return;
  native.cancel(ticket);
  forget(ticket, entry);
  if (reason !== undefined) entry.reject(reason);
}

/** Called when the host has finished the operation of `ticket`. */
export function settle(ticket, ok, text) {
  const entry = pending[ticket];
  if (!entry) return;
  forget(ticket, entry);
  if (ok) entry.resolve(parse(text));
  else entry.reject(withMessage(entry.error, text));
}

/** How many calls to the host have not finished. */
export function waiting() {
  return hostCalls;
}

function forget(ticket, entry) {
  delete pending[ticket];
  if (!entry.timer) hostCalls -= 1;
}

function withMessage(error, text) {
  hide(error, "message", clean(text));
  return error;
}
