// CryptoKey: a secret whose bytes only the platform sees.
import { HASHES } from "./algorithms.js";

export const FROM_HERE = Symbol("made by the platform");

let bytesOfKey;
let same;

export class CryptoKey {
  #bytes;
  #algorithm;
  #extractable;
  #usages;

  constructor() {
    if (arguments[0] !== FROM_HERE) throw new TypeError("CryptoKey has no constructor: use crypto.subtle.importKey or generateKey");
    const [, bytes, hash, length, extractable, usages] = arguments;
    this.#bytes = bytes;
    this.#algorithm = { name: "HMAC", length, hash: { name: HASHES[hash] } };
    this.#extractable = extractable;
    this.#usages = usages;
  }

  static {
    bytesOfKey = (key) => key.#bytes;
    same = (key) =>
      new CryptoKey(FROM_HERE, key.#bytes, HASHES.indexOf(key.#algorithm.hash.name), key.#algorithm.length, key.#extractable, [...key.#usages]);
  }

  get type() {
    return this.#bytes && "secret";
  }

  get extractable() {
    return this.#extractable;
  }

  get algorithm() {
    return this.#algorithm;
  }

  get usages() {
    return this.#usages;
  }
}

/** Another object for the same key. */
export function copyKey(key) {
  return same(key);
}

/** The bytes of a key; throws where it may not be used that way. */
export function keyBytes(key, usage) {
  if (!(key instanceof CryptoKey)) throw new TypeError("expected a CryptoKey");
  if (usage && !key.usages.includes(usage)) throw new DOMException(`the key may not be used to ${usage}`, "InvalidAccessError");
  return bytesOfKey(key);
}
