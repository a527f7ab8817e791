// The `crypto` global: Web Crypto's digest and HMAC, and the few functions of Node's module that
// hooks use. The host computes.
import { define, native } from "./native.js";
import { bytesOf } from "./text.js";

const ALGORITHMS = ["SHA-1", "SHA-256", "SHA-384", "SHA-512"];

export function installCrypto() {
  define(
    "crypto",
    Object.freeze({
      subtle: Object.freeze({ digest, importKey, exportKey, sign, verify }),
      randomUUID,
      getRandomValues,
      randomBytes: (size) => native.randomBytes(Number(size)),
      createHash: (name) => new Hash(algorithm(name)),
      createHmac: (name, key) => new Hash(algorithm(name), bytesOf(key)),
      timingSafeEqual: (a, b) => same(bytesOf(a), bytesOf(b)),
    }),
  );
}

function getRandomValues(target) {
  if (!ArrayBuffer.isView(target)) throw new TypeError("getRandomValues fills a typed array");
  if (target.byteLength > 65536) throw new RangeError("at most 65536 random bytes at a time");
  bytesOf(target).set(native.randomBytes(target.byteLength));
  return target;
}

function randomUUID() {
  const bytes = native.randomBytes(16);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Number of the hash function in ALGORITHMS, from any of its spellings. */
function algorithm(given) {
  const name = String(given?.name ?? given).toUpperCase();
  const index = ALGORITHMS.indexOf(name.replace(/^SHA-?/, "SHA-"));
  if (index < 0) throw new DOMException(`the algorithm ${name} is not supported`, "NotSupportedError");
  return index;
}

class CryptoKey {
  #bytes;

  constructor(bytes, hash, extractable, usages) {
    this.#bytes = bytes;
    this.type = "secret";
    this.algorithm = Object.freeze({ name: "HMAC", hash: Object.freeze({ name: ALGORITHMS[hash] }), length: bytes.length * 8 });
    this.extractable = Boolean(extractable);
    this.usages = Object.freeze([...usages]);
    Object.freeze(this);
  }

  static bytes(key, usage) {
    if (!(key instanceof CryptoKey)) throw new TypeError("expected a CryptoKey");
    if (usage && !key.usages.includes(usage)) {
      throw new DOMException(`the key may not be used to ${usage}`, "InvalidAccessError");
    }
    return key.#bytes;
  }
}

async function digest(name, data) {
  return native.hash(algorithm(name), bytesOf(data)).buffer;
}

async function importKey(format, data, params, extractable, usages) {
  if (format !== "raw" || String(params?.name ?? params).toUpperCase() !== "HMAC") {
    throw new DOMException("only raw HMAC keys can be imported", "NotSupportedError");
  }
  return new CryptoKey(bytesOf(data).slice(), algorithm(params.hash), extractable, usages);
}

async function exportKey(format, key) {
  const bytes = CryptoKey.bytes(key);
  if (format !== "raw") throw new DOMException("keys are exported raw", "NotSupportedError");
  if (!key.extractable) throw new DOMException("the key is not extractable", "InvalidAccessError");
  return bytes.slice().buffer;
}

async function sign(_algorithm, key, data) {
  const bytes = CryptoKey.bytes(key, "sign");
  return native.hmac(algorithm(key.algorithm.hash), bytes, bytesOf(data)).buffer;
}

async function verify(_algorithm, key, signature, data) {
  const bytes = CryptoKey.bytes(key, "verify");
  return same(native.hmac(algorithm(key.algorithm.hash), bytes, bytesOf(data)), bytesOf(signature));
}

function same(a, b) {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= a[i] ^ b[i];
  return difference === 0;
}

/** `createHash` and `createHmac`: collects, then computes at once. */
class Hash {
  #algorithm;
  #key;
  #parts = [];

  constructor(index, key) {
    this.#algorithm = index;
    this.#key = key;
  }

  update(data) {
    this.#parts.push(bytesOf(data).slice());
    return this;
  }

  digest(encoding) {
    const whole = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let offset = 0;
    for (const part of this.#parts) {
      whole.set(part, offset);
      offset += part.length;
    }
    const result = this.#key ? native.hmac(this.#algorithm, this.#key, whole) : native.hash(this.#algorithm, whole);
    switch (encoding) {
      case undefined:
        return result;
      case "hex":
        return hex(result);
      case "base64":
        return btoa(String.fromCharCode(...result));
      case "base64url":
        return btoa(String.fromCharCode(...result)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
      default:
        throw new TypeError(`the encoding ${encoding} is not supported`);
    }
  }
}

function hex(bytes) {
  let text = "";
  for (const byte of bytes) text += (byte + 256).toString(16).slice(1);
  return text;
}
