// The natives of the Rust half, and the builtins that must stay what they are when hook code
// replaces them.
export let native;

export function setNative(given) {
  native = given;
}

export const stringify = JSON.stringify;
export const parse = JSON.parse;
export const BuiltinError = Error;
const BuiltinTypeError = TypeError;
const { defineProperty } = Object;
const BuiltinString = String;
const { call } = Function.prototype;
const slice = call.bind(String.prototype.slice);
const wellFormed = call.bind(String.prototype.toWellFormed);

/** Text that survives UTF-8: lone surrogates become U+FFFD. */
export function clean(text) {
  return wellFormed(text);
}

/** The beginning of a text. */
export function beginning(text, length) {
  return slice(text, 0, length);
}

/** Any value as a text; throws for one that has none. */
export function textOf(value) {
  return BuiltinString(value);
}

/**
 * A list as JSON text. One value after the other: simple ones have no `toJSON`, so that what hook code puts into the
 * prototypes of objects and lists does not reach them.
 */
export function list(values) {
  let text = "[";
  for (let at = 0; at < values.length; at += 1) text += (at > 0 ? "," : "") + (stringify(values[at]) ?? "null");
  return `${text}]`;
}

/**
 * An error of the platform, not of the author: `throw new Error("…")` can be a message to the user, and is told apart by
 * its name.
 */
export function fault(message) {
  const error = new BuiltinError(message);
  hide(error, "name", "PlatformError");
  return error;
}

/** The error of an operation, whose message comes later; that of `fetch` is the one that the web knows. */
export function failure(operation) {
  return operation === "fetch" ? new BuiltinTypeError() : fault();
}

/** Sets a property as errors have them: not enumerable. */
export function hide(object, name, value) {
  defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });
}

/** The stack of the caller as text. */
export function here() {
  return clean(textOf(new BuiltinError().stack));
}

/** Defines a global the way built-in ones are: writable, not enumerable. */
export function define(name, value) {
  hide(globalThis, name, value);
}
