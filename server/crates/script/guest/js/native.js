// The natives of the Rust half, and the builtins that must stay what they are when hook code
// replaces them.
export let native;

export function setNative(given) {
  native = given;
}

export const stringify = JSON.stringify;
export const parse = JSON.parse;
export const BuiltinError = Error;
const wellFormed = Function.prototype.call.bind(String.prototype.toWellFormed);

/** Text that survives UTF-8: lone surrogates become U+FFFD. */
export function clean(text) {
  return wellFormed(text);
}

/** The stack of the caller as text. */
export function here() {
  return clean(String(new BuiltinError().stack));
}

/** Defines a global the way built-in ones are: writable, not enumerable. */
export function define(name, value) {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
}
