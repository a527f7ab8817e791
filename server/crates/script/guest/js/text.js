// TextEncoder and TextDecoder; the encodings themselves are native.
import { dictionary, domString, expose, required, usvString } from "./idl.js";
import { clean, native } from "./native.js";

const { call } = Function.prototype;
const slice = call.bind(String.prototype.slice);
const charCodeAt = call.bind(String.prototype.charCodeAt);
const isView = ArrayBuffer.isView;
const BuiltinBytes = Uint8Array;
const getterOf = (prototype, name) => call.bind(Object.getOwnPropertyDescriptor(prototype, name).get);
const bufferLength = getterOf(ArrayBuffer.prototype, "byteLength");
const sharedLength =
  typeof SharedArrayBuffer === "undefined" ? undefined : getterOf(SharedArrayBuffer.prototype, "byteLength");

// At once: what is bundled makes an encoder and a decoder while it is evaluated.
export function installText() {
  expose("TextEncoder", TextEncoder);
  expose("TextDecoder", TextDecoder);
}

class TextEncoder {
  #brand = true;

  get encoding() {
    return this.#brand ? "utf-8" : "";
  }

  encode(text = "") {
    if (!(#brand in this)) throw new TypeError("expected a TextEncoder");
    return native.encode(usvString(text));
  }

  encodeInto(text, target) {
    required(2, arguments, "encodeInto");
    if (!(#brand in this)) throw new TypeError("expected a TextEncoder");
    let source = usvString(text);
    if (!(target instanceof BuiltinBytes)) throw new TypeError("encodeInto writes into a Uint8Array");
    const room = target.length;
    if (source.length > room) {
      // Each unit of text takes at least one byte; a pair of surrogates stays together.
      const pair = room > 0 && (charCodeAt(source, room - 1) & 0xfc00) === 0xd800;
      source = slice(source, 0, pair ? room - 1 : room);
    }
    let bytes = native.encode(source);
    if (bytes.length > room) {
      let cut = room;
      while (cut > 0 && (bytes[cut] & 0xc0) === 0x80) cut -= 1;
      bytes = bytes.subarray(0, cut);
      source = native.decode(bytes, false);
    }
    target.set(bytes);
    return { read: source.length, written: bytes.length };
  }
}

export class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBOM;
  /** Number of the native decoder that has seen the beginning of a text. */
  #state = 0;

  constructor(label = "utf-8", options = undefined) {
    const text = domString(label);
    const name = text === "utf-8" ? text : native.encodingOf(text);
    const { fatal, ignoreBOM } = dictionary(options, "the options of a TextDecoder");
    if (name === undefined) throw new RangeError(`the encoding '${text}' does not exist`);
    this.#encoding = name;
    this.#fatal = Boolean(fatal);
    this.#ignoreBOM = Boolean(ignoreBOM);
  }

  get encoding() {
    return this.#encoding;
  }

  get fatal() {
    return this.#fatal;
  }

  get ignoreBOM() {
    return this.#ignoreBOM;
  }

  decode(input = undefined, options = undefined) {
    const stream = Boolean(dictionary(options, "the options of decode").stream);
    const bytes = input === undefined ? new BuiltinBytes() : bufferBytes(input);
    if (this.#state === 0) {
      if (!stream) return native.decodeAs(this.#encoding, bytes, this.#fatal, this.#ignoreBOM);
      this.#state = native.decoder(this.#encoding, this.#ignoreBOM);
    }
    const state = this.#state;
    if (!stream) this.#state = 0;
    return native.decodeNext(state, bytes, this.#fatal, !stream);
  }
}

/** The bytes of a buffer or a view of one. */
export function bufferBytes(value) {
  if (isView(value)) return new BuiltinBytes(value.buffer, value.byteOffset, value.byteLength);
  try {
    bufferLength(value);
  } catch {
    if (sharedLength === undefined) throw new TypeError("expected an ArrayBuffer or a view of one");
    sharedLength(value);
  }
  return new BuiltinBytes(value);
}

/** The bytes of an ArrayBuffer or a view; text is encoded. */
export function bytesOf(value) {
  if (value instanceof BuiltinBytes) return value;
  if (value instanceof ArrayBuffer) return new BuiltinBytes(value);
  if (isView(value)) return new BuiltinBytes(value.buffer, value.byteOffset, value.byteLength);
  if (typeof value === "string") return native.encode(clean(value));
  throw new TypeError("expected text, an ArrayBuffer or a view of one");
}

installText();
