// Bodies: text, bytes or a stream of bytes, and the methods with which requests and responses are read.
import { Blob, bytesOfBlob, isBlob, isBytes } from "./blob.js";
import { FormData } from "./formdata.js";
import { usvString } from "./idl.js";
import { mimeTypeOf } from "./mime.js";
import { decodeForm, encodeForm } from "./multipart.js";
import { native, parse } from "./native.js";
import { platform } from "./platform.js";
import { bytesOfStream, disturbed, ReadableStream, spentStream, streamOf, teed, TransformStream } from "./streams.js";
import { bytesOf } from "./text.js";

const BOM = 0xfeff;
const { isArray } = Array;
const { defineProperties, getOwnPropertyDescriptors } = Object;

/** A body. A stream is made of it only when it is asked for, because that costs more than everything else. */
export class Content {
  #whole;
  #stream;
  #taken = false;

  /** Text, a Uint8Array that nothing else changes, or a stream. */
  constructor(source) {
    if (source instanceof ReadableStream) this.#stream = source;
    else this.#whole = source;
  }

  get stream() {
    return (this.#stream ??= this.#taken ? spentStream() : streamOf(encoded(this.#whole)));
  }

  get used() {
    return this.#stream ? disturbed(this.#stream) : this.#taken;
  }

  get unusable() {
    return this.#stream ? this.#stream.locked || disturbed(this.#stream) : this.#taken;
  }

  /** Text or bytes, or a promise of them where they are still to be read; can be taken once. */
  take() {
    this.check();
    if (this.#stream) return bytesOfStream(this.#stream);
    this.#taken = true;
    return this.#whole;
  }

  check() {
    if (!this.unusable) return;
    throw new TypeError(this.used ? "the body has been read already: read it once, or clone() before" : "the body is locked to a reader");
  }

  /** Another body of the same content; this one stays. */
  copy() {
    this.check();
    if (!this.#stream) return new Content(this.#whole);
    const [own, other] = teed(this.#stream);
    this.#stream = own;
    return new Content(other);
  }

  /** Another body that has the content; this one counts as read. */
  move() {
    this.check();
    if (this.#stream) return new Content(this.#stream.pipeThrough(new TransformStream()));
    this.#taken = true;
    return new Content(this.#whole);
  }

  /** Gives a body up whose request was given up. */
  cancel(reason) {
    if (this.#stream && !this.#stream.locked) this.#stream.cancel(reason).catch(() => {});
  }

  /** What can be told of it without reading it. */
  get text() {
    return this.unusable || this.#stream ? undefined : decoded(this.#whole);
  }
}

/** Turns what an author gives as body into content and the content type that goes with it. */
export function extract(body) {
  if (body instanceof ReadableStream) {
    if (body.locked || disturbed(body)) throw new TypeError("the stream given as body has a reader or has been read already");
    return [new Content(body), null];
  }
  if (isBlob(body)) return [new Content(bytesOfBlob(body)), body.type || null];
  if (isBytes(body)) return [new Content(bytesOf(body).slice()), null];
  if (body instanceof FormData) {
    const { bytes, boundary } = encodeForm(body);
    return [new Content(bytes), `multipart/form-data; boundary=${boundary}`];
  }
  if (body instanceof platform.URLSearchParams) {
    return [new Content(`${body}`), "application/x-www-form-urlencoded;charset=UTF-8"];
  }
  const text = usvString(body);
  if (typeof body === "object" && (isArray(body) || /^\[object [^\]]*\]$/.test(text))) {
    throw new TypeError(`a body cannot be an object, it would be sent as '${text.slice(0, 40)}': use JSON.stringify(value) and the header content-type: application/json`);
  }
  return [new Content(text), "text/plain;charset=UTF-8"];
}

/** Text without its byte order mark. */
function decoded(whole) {
  const text = typeof whole === "string" ? whole : native.decode(whole, false);
  return text.charCodeAt(0) === BOM ? text.slice(1) : text;
}

function encoded(whole) {
  return typeof whole === "string" ? native.encode(whole) : whole;
}

/** Gives a class the body's methods; `read` returns content and headers of an object, and throws for others. */
export function withBody(Class, read) {
  const take = async (object) => {
    const { content } = read(object);
    return content === null ? "" : content.take();
  };
  // Bytes that the caller may change: those of the content may belong to a clone too.
  const bytes = async (object) => encoded(await take(object)).slice();
  const members = {
    get body() {
      return read(this).content?.stream ?? null;
    },
    get bodyUsed() {
      return read(this).content?.used ?? false;
    },
    async arrayBuffer() {
      return (await bytes(this)).buffer;
    },
    async blob() {
      const whole = await take(this);
      return new Blob([whole], { type: mimeTypeOf(read(this).headers)?.toString() ?? "" });
    },
    async bytes() {
      return bytes(this);
    },
    async formData() {
      const whole = await take(this);
      return formOf(whole, mimeTypeOf(read(this).headers));
    },
    async json() {
      return parse(decoded(await take(this)));
    },
    async text() {
      return decoded(await take(this));
    },
  };
  const descriptors = getOwnPropertyDescriptors(members);
  defineProperties(Class.prototype, descriptors);
}

function formOf(whole, type) {
  switch (type?.essence) {
    case "multipart/form-data":
      return decodeForm(encoded(whole), type.parameters.get("boundary"));
    case "application/x-www-form-urlencoded": {
      const form = new FormData();
      const text = typeof whole === "string" ? whole : native.decode(whole, false);
      for (const [name, value] of new platform.URLSearchParams(text.startsWith("?") ? `&${text}` : text)) form.append(name, value);
      return form;
    }
    default:
      throw new TypeError(`a body of type ${type ? `'${type.essence}'` : "unknown"} is not a form`);
  }
}
