// TextEncoder and TextDecoder for UTF-8, the only encoding here.
import { clean, define, native } from "./native.js";

export function installText() {
  define("TextEncoder", TextEncoder);
  define("TextDecoder", TextDecoder);
}

class TextEncoder {
  get encoding() {
    return "utf-8";
  }

  encode(text = "") {
    return native.encode(clean(String(text)));
  }

  encodeInto(text, target) {
    let read = 0;
    let written = 0;
    for (const character of String(text)) {
      const bytes = this.encode(character);
      if (written + bytes.length > target.length) break;
      target.set(bytes, written);
      read += character.length;
      written += bytes.length;
    }
    return { read, written };
  }
}

class TextDecoder {
  #fatal;
  #ignoreBOM;

  constructor(label = "utf-8", { fatal = false, ignoreBOM = false } = {}) {
    if (!["utf-8", "utf8", "unicode-1-1-utf-8"].includes(String(label).trim().toLowerCase())) {
      throw new RangeError(`the encoding ${label} is not supported, only utf-8`);
    }
    this.#fatal = Boolean(fatal);
    this.#ignoreBOM = Boolean(ignoreBOM);
  }

  get encoding() {
    return "utf-8";
  }

  get fatal() {
    return this.#fatal;
  }

  get ignoreBOM() {
    return this.#ignoreBOM;
  }

  decode(input) {
    if (input === undefined) return "";
    const text = native.decode(bytesOf(input), this.#fatal);
    return !this.#ignoreBOM && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }
}

/** The bytes of an ArrayBuffer or a view; text is encoded. */
export function bytesOf(value) {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (typeof value === "string") return native.encode(clean(value));
  throw new TypeError("expected text, an ArrayBuffer or a view of one");
}
