// The algorithms of Web Crypto that are here, and what is said of the others.
import { dictionary, domString } from "./idl.js";

/** Hash functions, in the order of their numbers in the native half. */
export const HASHES = ["SHA-1", "SHA-256", "SHA-384", "SHA-512"];
const HERE = "crypto.subtle has digest with SHA-1, SHA-256, SHA-384 and SHA-512, and HMAC keys to sign and verify";
const HMAC = ["sign", "verify", "importKey", "generateKey"];

/** The error for what is not here. */
export function notSupported(what, instead = HERE) {
  return new DOMException(`${what} is not available in hooks: ${instead}`, "NotSupportedError");
}

/** An algorithm as an object with its name in the standard's spelling, `hash` as a number, and `length`. */
export function normalize(operation, given) {
  const params = typeof given === "object" && given !== null ? given : { name: domString(given) };
  if (params.name === undefined) throw new TypeError("an algorithm needs a name");
  const name = domString(params.name).toUpperCase();
  if (operation === "digest") {
    const hash = HASHES.indexOf(name);
    if (hash < 0) throw notSupported(`digest with ${domString(params.name)}`);
    return { name, hash };
  }
  if (name !== "HMAC" || !HMAC.includes(operation)) throw notSupported(`${operation} with ${domString(params.name)}`);
  if (operation === "sign" || operation === "verify") return { name };
  const { hash, length } = dictionary(params);
  if (hash === undefined) throw new TypeError("an HMAC key needs a hash");
  return { name, hash: normalize("digest", hash).hash, length: length === undefined ? undefined : bits(length) };
}

function bits(length) {
  const number = Math.trunc(Number(length));
  if (!(number >= 0 && number <= 0xffffffff)) throw new TypeError("the length must be a number of bits");
  return number;
}
