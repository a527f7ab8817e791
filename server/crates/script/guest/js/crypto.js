// The `crypto` global: Web Crypto's digest and HMAC, and the few functions of Node's module that
// hooks use. The host computes.
import { Hash } from "./hash.js";
import { dictionary, expose, required } from "./idl.js";
import { QuotaExceededError } from "./exceptions.js";
import { cloneable } from "./clone.js";
import { define, native, textOf } from "./native.js";
import { Octets, hex } from "./octets.js";
import { HASHES, normalize, notSupported } from "./algorithms.js";
import { CryptoKey, FROM_HERE, copyKey, keyBytes } from "./key.js";
import { bytesOf } from "./text.js";

const { call } = Function.prototype;
const { isView } = ArrayBuffer;
const viewTag = call.bind(Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get);
const Bytes = Uint8Array;
const QUOTA = 65536;
const SIGNING = ["sign", "verify"];

class Crypto {
  #subtle;

  constructor() {
    if (arguments[0] !== FROM_HERE) throw new TypeError("Crypto has no constructor: use the global crypto");
    this.#subtle = new SubtleCrypto(FROM_HERE);
  }

  get subtle() {
    return this.#subtle;
  }

  getRandomValues(array) {
    required(1, arguments, "getRandomValues");
    if (!(#subtle in this)) throw new TypeError("expected the crypto object");
    const kind = isView(array) ? viewTag(array) : undefined;
    if (!isView(array)) throw new TypeError("getRandomValues fills a typed array");
    if (kind === undefined || kind.startsWith("Float")) {
      throw new DOMException("getRandomValues fills arrays of whole numbers", "TypeMismatchError");
    }
    if (array.byteLength > QUOTA) throw new QuotaExceededError(`at most ${QUOTA} random bytes at a time`);
    new Bytes(array.buffer, array.byteOffset, array.byteLength).set(native.randomBytes(array.byteLength));
    return array;
  }

  randomUUID() {
    if (!(#subtle in this)) throw new TypeError("expected the crypto object");
    const bytes = native.randomBytes(16);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const text = hex(bytes);
    return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
  }
}

class SubtleCrypto {
  #brand = true;

  constructor() {
    if (arguments[0] !== FROM_HERE) throw new TypeError("SubtleCrypto has no constructor: use crypto.subtle");
  }

  async digest(algorithm, data) {
    required(2, arguments, "digest");
    this.#check();
    const bytes = copyOf(data);
    const { hash } = normalize("digest", algorithm);
    return native.hash(hash, bytes).buffer;
  }

  async importKey(format, keyData, algorithm, extractable, keyUsages) {
    required(5, arguments, "importKey");
    this.#check();
    const kind = formatOf(format);
    const usages = usagesOf(keyUsages);
    const data = kind === "jwk" ? jwk(keyData) : copyOf(keyData);
    const { hash, length } = normalize("importKey", algorithm);
    allowed(usages);
    if (kind !== "raw" && kind !== "raw-secret" && kind !== "jwk") throw notSupported(`the key format ${kind}`, "HMAC keys are raw or jwk");
    const bytes = kind === "jwk" ? fromJwk(data, hash, extractable, usages) : data;
    if (bytes.length === 0) throw new DOMException("the key is empty", "DataError");
    const bits = bytes.length * 8;
    if (length !== undefined && (length > bits || length <= bits - 8)) throw new DOMException("the length does not fit the key", "DataError");
    if (usages.length === 0) throw new DOMException("a secret key needs a usage", "SyntaxError");
    return new CryptoKey(FROM_HERE, bytes, hash, length ?? bits, Boolean(extractable), usages);
  }

  async exportKey(format, key) {
    required(2, arguments, "exportKey");
    this.#check();
    const kind = formatOf(format);
    const bytes = keyBytes(key);
    if (kind !== "raw" && kind !== "raw-secret" && kind !== "jwk") throw notSupported(`the key format ${kind}`, "HMAC keys are raw or jwk");
    if (!key.extractable) throw new DOMException("the key is not extractable", "InvalidAccessError");
    if (kind !== "jwk") return bytes.slice().buffer;
    const k = Octets.from(bytes).toString("base64url");
    return { kty: "oct", k, alg: jwkName(key.algorithm.hash.name), key_ops: [...key.usages], ext: true };
  }

  async generateKey(algorithm, extractable, keyUsages) {
    required(3, arguments, "generateKey");
    this.#check();
    const usages = usagesOf(keyUsages);
    const { hash, length } = normalize("generateKey", algorithm);
    allowed(usages);
    const bits = length ?? (hash < 2 ? 512 : 1024);
    if (bits === 0) throw new DOMException("the length is 0", "OperationError");
    if (bits > QUOTA * 8) throw new DOMException("the key is too long", "OperationError");
    if (usages.length === 0) throw new DOMException("a secret key needs a usage", "SyntaxError");
    const bytes = native.randomBytes(Math.ceil(bits / 8));
    if (bits % 8 > 0) bytes[bytes.length - 1] &= (0xff << (8 - (bits % 8))) & 0xff;
    return new CryptoKey(FROM_HERE, bytes, hash, bits, Boolean(extractable), usages);
  }

  async sign(algorithm, key, data) {
    required(3, arguments, "sign");
    this.#check();
    const bytes = copyOf(data);
    return hmac("sign", algorithm, key, bytes).buffer;
  }

  async verify(algorithm, key, signature, data) {
    required(4, arguments, "verify");
    this.#check();
    const [tag, bytes] = [copyOf(signature), copyOf(data)];
    return same(hmac("verify", algorithm, key, bytes), tag);
  }

  async encrypt(algorithm, key, data) {
    required(3, arguments, "encrypt");
    normalize("encrypt", algorithm);
  }

  async decrypt(algorithm, key, data) {
    required(3, arguments, "decrypt");
    normalize("decrypt", algorithm);
  }

  async deriveBits(algorithm, baseKey, length = null) {
    required(2, arguments, "deriveBits");
    normalize("deriveBits", algorithm);
  }

  async deriveKey(algorithm, baseKey, derivedKeyType, extractable, keyUsages) {
    required(5, arguments, "deriveKey");
    normalize("deriveKey", algorithm);
  }

  async wrapKey(format, key, wrappingKey, wrapAlgorithm) {
    required(4, arguments, "wrapKey");
    normalize("wrapKey", wrapAlgorithm);
  }

  async unwrapKey(format, wrappedKey, unwrappingKey, unwrapAlgorithm, unwrappedKeyAlgorithm, extractable, keyUsages) {
    required(7, arguments, "unwrapKey");
    normalize("unwrapKey", unwrapAlgorithm);
  }

  #check() {
    if (!this.#brand) throw new TypeError("expected crypto.subtle");
  }
}

export function installCrypto() {
  expose("Crypto", Crypto);
  expose("SubtleCrypto", SubtleCrypto);
  expose("CryptoKey", CryptoKey);
  // A key is never changed, so that its copy shares the bytes.
  cloneable(CryptoKey, copyKey);
  const crypto = new Crypto(FROM_HERE);
  const more = {
    randomBytes: (size) => Octets.from(native.randomBytes(Number(size))),
    createHash: (name) => new Hash(name),
    createHmac: (name, key) => new Hash(name, key instanceof CryptoKey ? keyBytes(key, "sign") : bytesOf(key)),
    timingSafeEqual: (a, b) => same(bytesOf(a), bytesOf(b)),
  };
  for (const [name, value] of Object.entries(more)) {
    Object.defineProperty(crypto, name, { value, writable: true, configurable: true, enumerable: false });
  }
  // `import { randomUUID } from "crypto"` takes the methods off the object.
  for (const name of ["randomUUID", "getRandomValues"]) {
    Object.defineProperty(crypto, name, { value: bound(crypto, name), writable: true, configurable: true, enumerable: false });
  }
  define("crypto", crypto);
}

function bound(object, name) {
  return object[name].bind(object);
}

function copyOf(data) {
  if (typeof data === "string") throw new TypeError("expected bytes, not text: encode it with new TextEncoder().encode(text)");
  return bytesOf(data).slice();
}

function formatOf(format) {
  const kind = `${format}`;
  const known = ["raw", "raw-secret", "raw-public", "raw-seed", "jwk", "pkcs8", "spki"];
  if (!known.includes(kind)) throw new TypeError(`'${kind}' is not a key format`);
  return kind;
}

function usagesOf(given) {
  const known = ["encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"];
  const usages = [...given].map((usage) => `${usage}`);
  for (const usage of usages) if (!known.includes(usage)) throw new TypeError(`'${usage}' is not a key usage`);
  return known.filter((usage) => usages.includes(usage));
}

function allowed(usages) {
  const other = usages.find((usage) => !SIGNING.includes(usage));
  if (other) throw new DOMException(`an HMAC key cannot be used to ${other}`, "SyntaxError");
}

function hmac(usage, algorithm, key, bytes) {
  const { name } = normalize(usage, algorithm);
  const secret = keyBytes(key);
  if (key.algorithm.name !== name) throw new DOMException("the key is for another algorithm", "InvalidAccessError");
  keyBytes(key, usage);
  return native.hmac(HASHES.indexOf(key.algorithm.hash.name), secret, bytes);
}

function jwk(data) {
  if (typeof data !== "object" || data === null || data instanceof ArrayBuffer || isView(data)) throw new TypeError("a JSON Web Key is an object");
  return dictionary(data);
}

function jwkName(hash) {
  return `HS${hash === "SHA-1" ? "1" : hash.slice(4)}`;
}

function fromJwk(data, hash, extractable, usages) {
  const wrong = (why) => new DOMException(`the JSON Web Key does not fit: ${why}`, "DataError");
  if (data.kty !== "oct") throw wrong("kty must be 'oct'");
  if (typeof data.k !== "string" || /[^A-Za-z0-9_-]/.test(data.k)) throw wrong("k must be base64url");
  if (data.alg !== undefined && data.alg !== jwkName(HASHES[hash])) throw wrong(`alg must be '${jwkName(HASHES[hash])}'`);
  if (usages.length > 0 && data.use !== undefined && data.use !== "sig") throw wrong("use must be 'sig'");
  if (data.key_ops !== undefined) {
    const operations = [...data.key_ops].map(textOf);
    if (new Set(operations).size !== operations.length || !usages.every((usage) => operations.includes(usage))) throw wrong("key_ops must name the usages");
  }
  if (data.ext === false && extractable) throw wrong("ext is false");
  return Bytes.from(atob(data.k.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}

function same(a, b) {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= a[i] ^ b[i];
  return difference === 0;
}
