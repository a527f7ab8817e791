// Bytes that become text as those of Node do.
import { native } from "./native.js";

const fromCodes = String.fromCharCode;
const CHUNK = 4096;

/** A Uint8Array whose `toString` takes an encoding. */
export class Octets extends Uint8Array {
  static get [Symbol.species]() {
    return Uint8Array;
  }

  toString(encoding = "utf8") {
    return encode(this, encoding);
  }
}
Object.defineProperty(Octets, "name", { value: "Uint8Array" });

/** Bytes as text in an encoding of Node's. */
export function encode(bytes, encoding) {
  switch (`${encoding}`.toLowerCase()) {
    case "hex":
      return hex(bytes);
    case "base64":
      return btoa(latin1(bytes));
    case "base64url":
      return btoa(latin1(bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    case "latin1":
    case "binary":
      return latin1(bytes);
    case "utf8":
    case "utf-8":
      return native.decode(bytes, false);
    default:
      throw new TypeError(`the encoding ${encoding} is not available: use hex, base64, base64url, latin1 or utf8`);
  }
}

/** Text in an encoding of Node's as bytes. */
export function decode(text, encoding) {
  const bytesOf = (binary) => Uint8Array.from(binary, (character) => character.charCodeAt(0) & 0xff);
  switch (`${encoding}`.toLowerCase()) {
    case "hex": {
      const pairs = /^(?:[0-9a-f]{2})*/i.exec(text)[0].match(/../g) ?? [];
      return Uint8Array.from(pairs, (pair) => parseInt(pair, 16));
    }
    case "base64":
    case "base64url":
      return bytesOf(atob(text.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "")));
    case "latin1":
    case "binary":
      return bytesOf(text);
    case "utf8":
    case "utf-8":
      return native.encode(text.toWellFormed());
    default:
      throw new TypeError(`the encoding ${encoding} is not available: use hex, base64, base64url, latin1 or utf8`);
  }
}

export function hex(bytes) {
  let text = "";
  for (const byte of bytes) text += (byte + 256).toString(16).slice(1);
  return text;
}

function latin1(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) text += fromCodes(...bytes.subarray(at, at + CHUNK));
  return text;
}
