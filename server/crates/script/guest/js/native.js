// The natives of the Rust half, and the builtins that must stay what they are when hook code
// replaces them.
export let native;

export function setNative(given) {
  native = given;
}

export const stringify = JSON.stringify;
export const parse = JSON.parse;
export const BuiltinError = Error;
export const BuiltinTypeError = TypeError;
const { defineProperty, setPrototypeOf } = Object;
const BuiltinString = String;
const { call } = Function.prototype;
const slice = call.bind(String.prototype.slice);
const indexOf = call.bind(String.prototype.indexOf);
const wellFormed = call.bind(String.prototype.toWellFormed);

/** Text that survives UTF-8: lone surrogates become U+FFFD. */
export function clean(text) {
  return wellFormed(text);
}

/** The beginning of a text. */
export function beginning(text, length) {
  return slice(text, 0, length);
}

/** The rest of a text. */
export function after(text, length) {
  return slice(text, length);
}

/** A list without a prototype: setting an item calls no setter of hook code. */
export function plainList() {
  return setPrototypeOf([], null);
}

/** The parts of a text; `split` asks the separator, and with it hook code, how to. */
export function pieces(text, separator) {
  const parts = plainList();
  let from = 0;
  for (let to; (to = indexOf(text, separator, from)) >= 0; from = to + separator.length) {
    parts[parts.length] = slice(text, from, to);
  }
  parts[parts.length] = slice(text, from);
  return parts;
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
  defineProperty(object, name, { __proto__: null, value, writable: true, configurable: true, enumerable: false });
}

/** The stack of the caller as text; empty where hook code has made something else of stacks. */
export function here() {
  try {
    return clean(textOf(new BuiltinError().stack));
  } catch {
    return "";
  }
}

/** Defines a global the way built-in ones are: writable, not enumerable. */
export function define(name, value) {
  hide(globalThis, name, value);
}
