// What the interface descriptions of the web ask of a class and of its arguments.
import { define } from "./native.js";

const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object;
const { ownKeys } = Reflect;
const BuiltinTypeError = TypeError;
const { call } = Function.prototype;
const wellFormed = call.bind(String.prototype.toWellFormed);
const OF_FUNCTIONS = ["length", "name", "prototype"];
/** Prototypes of the platform's own classes, by which `console` and `structuredClone` know their instances. */
const platform = new Set();
const isIn = call.bind(Set.prototype.has);

/** Makes a class an interface of the platform: a global with enumerable members, a string tag and constants. */
export function expose(name, Class, constants = {}) {
  complete(name, Class, constants);
  define(name, Class);
}

/** The same without the global; `hidden` members are additions of our own, which stay as they are. */
export function complete(name, Class, constants = {}, hidden = []) {
  for (const target of [Class, Class.prototype]) {
    for (const key of ownKeys(target)) {
      if (typeof key !== "string" || key === "constructor" || hidden.includes(key) || (target === Class && OF_FUNCTIONS.includes(key))) continue;
      defineProperty(target, key, { ...getOwnPropertyDescriptor(target, key), enumerable: true });
    }
    for (const [key, value] of Object.entries(constants)) defineProperty(target, key, { value, enumerable: true });
  }
  defineProperty(Class.prototype, Symbol.toStringTag, { value: name, configurable: true });
  adopt(name, Class);
}

/** Counts a bundled class among the platform's; the bundle may have renamed it. */
export function adopt(name, Class) {
  defineProperty(Class, "name", { value: name, configurable: true });
  platform.add(Class.prototype);
}

/** The prototype of the platform that an object is an instance of. */
export function platformPrototype(object) {
  let prototype = getPrototypeOf(object);
  for (let depth = 0; prototype !== null && depth < 20; depth += 1) {
    if (isIn(platform, prototype)) return prototype;
    prototype = getPrototypeOf(prototype);
  }
  return null;
}

/** Throws where fewer arguments were given than the interface requires. */
export function required(count, args, what) {
  if (args.length < count) {
    throw new BuiltinTypeError(`${what} needs ${count} argument${count === 1 ? "" : "s"}, but got ${args.length}`);
  }
}

/** Any value as a text, the way the web converts it: symbols have none. */
export function domString(value) {
  return `${value}`;
}

/** The same without lone surrogates. */
export function usvString(value) {
  return wellFormed(`${value}`);
}

/** An options object, `undefined` and `null` included. */
export function dictionary(value, what) {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" && typeof value !== "function") throw new BuiltinTypeError(`${what} must be an object`);
  return value;
}

/** A whole number in a range; throws for anything else. */
export function enforceRange(value, most, what) {
  const number = Math.trunc(Number(value)) + 0;
  if (!(number >= 0 && number <= most)) throw new BuiltinTypeError(`${what} must be a number from 0 to ${most}`);
  return number;
}
