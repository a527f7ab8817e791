// How the platform's classes convert texts, words, lists and pairs, and how they are iterated.
import { complete } from "./idl.js";

const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, setPrototypeOf } = Object;
const { apply, ownKeys } = Reflect;
const IteratorPrototype = getPrototypeOf(getPrototypeOf([][Symbol.iterator]()));

/** Text of which each character is a byte: header names and values are made of bytes. */
export function byteString(value, what) {
  const text = `${value}`;
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) > 255) {
      throw new TypeError(`${what} has a character above U+00FF (at ${at}), which a header cannot carry: encode it, for example with encodeURIComponent`);
    }
  }
  return text;
}

/** One of a few words. */
export function enumeration(value, allowed, what) {
  const text = `${value}`;
  if (!allowed.includes(text)) throw new TypeError(`${what} is '${text}', and can be: ${allowed.filter(Boolean).join(", ")}`);
  return text;
}

/** The items of an iterable object; text is not one. `method` is its iterator when that was already read. */
export function* sequence(value, what, method = isObject(value) ? value[Symbol.iterator] : undefined) {
  if (typeof method !== "function") throw new TypeError(`${what} must be a list`);
  yield* { [Symbol.iterator]: () => apply(method, value, []) };
}

/** Name and value pairs of a list of pairs, or of the enumerable own properties of an object. */
export function* pairs(value, what, name = (key) => key) {
  const method = value[Symbol.iterator];
  if (method === undefined || method === null) {
    for (const key of ownKeys(value)) {
      if (getOwnPropertyDescriptor(value, key)?.enumerable) yield [name(key), value[key]];
    }
    return;
  }
  for (const item of sequence(value, what, method)) {
    const pair = [...sequence(item, `each of ${what}`)];
    if (pair.length !== 2) throw new TypeError(`each of ${what} must be a pair of name and value`);
    yield pair;
  }
}

export function isObject(value) {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** Lets a class be iterated as its current list of pairs; `pairsOf` throws for objects of other classes. */
export function iterable(Class, name, pairsOf) {
  class PairIterator {
    #target;
    #kind;
    #at = 0;

    constructor(target, kind) {
      pairsOf(target);
      this.#target = target;
      this.#kind = kind;
    }

    next() {
      const pair = pairsOf(this.#target)[this.#at];
      if (pair === undefined) return { value: undefined, done: true };
      this.#at += 1;
      return { value: this.#kind === undefined ? [pair[0], pair[1]] : pair[this.#kind], done: false };
    }
  }
  delete PairIterator.prototype.constructor;
  setPrototypeOf(PairIterator.prototype, IteratorPrototype);
  complete(`${name} Iterator`, PairIterator);

  const members = {
    entries() {
      return new PairIterator(this);
    },
    keys() {
      return new PairIterator(this, 0);
    },
    values() {
      return new PairIterator(this, 1);
    },
    forEach(callback, self = undefined) {
      pairsOf(this);
      if (typeof callback !== "function") throw new TypeError("forEach needs a function to call");
      let pair;
      for (let at = 0; (pair = pairsOf(this)[at]) !== undefined; at += 1) apply(callback, self, [pair[1], pair[0], this]);
    },
  };
  for (const key of ownKeys(members)) {
    defineProperty(Class.prototype, key, { value: members[key], writable: true, configurable: true, enumerable: true });
  }
  defineProperty(Class.prototype, Symbol.iterator, { value: members.entries, writable: true, configurable: true });
}
