// `Blob` and `File`: bytes that do not change.
import { currentTime } from "./clock.js";
import { cloneable } from "./clone.js";
import { complete, dictionary, required, usvString } from "./idl.js";
import { enumeration, sequence } from "./interfaces.js";
import { native } from "./native.js";
import { joined, streamOf } from "./streams.js";

const { isView } = ArrayBuffer;

let bytesOfBlob;

export class Blob {
  #bytes;
  #type;

  static {
    bytesOfBlob = (blob) => blob.#bytes;
  }

  constructor(parts = [], options = undefined) {
    const given = [];
    for (const part of sequence(parts, "the parts of a Blob")) given.push(isBytes(part) || isBlob(part) ? part : usvString(part));
    const { endings: lines = "transparent", type = "" } = dictionary(options, "the options of a Blob");
    const native = enumeration(lines, ["transparent", "native"], "endings") === "native";
    const pieces = given.map((part) => pieceOf(part, native));
    this.#bytes = joined(pieces, pieces.reduce((sum, piece) => sum + piece.length, 0));
    this.#type = typeOf(type);
  }

  get size() {
    return this.#bytes.length;
  }

  get type() {
    return this.#type;
  }

  slice(start = undefined, end = undefined, type = "") {
    const size = this.#bytes.length;
    const from = start === undefined ? 0 : clamped(start);
    const to = end === undefined ? size : clamped(end);
    const [first, last] = [from, to].map((at) => (at < 0 ? Math.max(size + at, 0) : Math.min(at, size)));
    const part = new Blob();
    part.#bytes = this.#bytes.subarray(first, Math.max(first, last));
    part.#type = typeOf(type);
    return part;
  }

  stream() {
    return streamOf(this.#bytes);
  }

  async text() {
    return native.decode(this.#bytes, false);
  }

  async arrayBuffer() {
    return this.#bytes.slice().buffer;
  }

  async bytes() {
    return this.#bytes.slice();
  }
}

export class File extends Blob {
  #name;
  #lastModified;

  constructor(parts, name, options = undefined) {
    required(2, arguments, "File");
    super(parts, options);
    const { lastModified = currentTime("new File()") } = dictionary(options, "the options of a File");
    this.#name = usvString(name);
    this.#lastModified = Math.trunc(Number(lastModified)) || 0;
  }

  get name() {
    return this.#name;
  }

  get lastModified() {
    return this.#lastModified;
  }
}

complete("Blob", Blob);
complete("File", File);

export function isBlob(value) {
  return value instanceof Blob;
}

/** Whether a value is an ArrayBuffer or a view of one. */
export function isBytes(value) {
  return value instanceof ArrayBuffer || isView(value);
}

function pieceOf(part, nativeLines) {
  if (part instanceof ArrayBuffer) return new Uint8Array(part);
  if (isView(part)) return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  if (isBlob(part)) return bytesOfBlob(part);
  return native.encode(nativeLines ? part.replace(/\r\n?/g, "\n") : part);
}

function typeOf(value) {
  const type = `${value}`;
  return /[^\x20-\x7e]/.test(type) ? "" : type.toLowerCase();
}

/** The nearest whole number; of two the even one. */
function clamped(value) {
  const number = Math.min(Math.max(Number(value), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER) || 0;
  const rounded = Math.round(number);
  return rounded - number === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

export { bytesOfBlob };

// The copy shares the bytes, which never change.
cloneable(File, (file) => new File([file], file.name, { type: file.type, lastModified: file.lastModified }));
cloneable(Blob, (blob) => new Blob([blob], { type: blob.type }));
