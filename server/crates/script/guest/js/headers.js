// `Headers`: names in lower case, each with all the lines that it has.
import { complete, required } from "./idl.js";
import { byteString, isObject, iterable, pairs } from "./interfaces.js";

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const AROUND = /^[\t\n\r ]+|[\t\n\r ]+$/g;
const SINGLE = "set-cookie";

/** A header's name as it is compared and sent. */
function nameOf(value) {
  const name = byteString(value, "the header name");
  if (!TOKEN.test(name)) throw new TypeError(`'${name}' is not a header name`);
  return name.toLowerCase();
}

function valueOf(value, name) {
  const text = byteString(value, `the value of the header '${name}'`).replace(AROUND, "");
  if (/[\0\n\r]/.test(text)) throw new TypeError(`the value of the header '${name}' has a line break or NUL in it`);
  return text;
}

let freezeHeaders;
let linesOf;

export class Headers {
  #lines = new Map();
  #immutable = false;
  #sorted;

  static {
    freezeHeaders = (headers) => {
      headers.#immutable = true;
      return headers;
    };
    linesOf = (headers) => {
      const lines = [];
      for (const [name, values] of headers.#lines) for (const value of values) lines.push([name, value]);
      return lines;
    };
    iterable(this, "Headers", (headers) => (headers.#sorted ??= headers.#sort()));
  }

  constructor(init = undefined) {
    if (init === undefined) return;
    if (!isObject(init)) throw new TypeError("headers are an object, a list of pairs or a Headers object");
    const name = (key) => byteString(key, "the header name");
    for (const [key, value] of pairs(init, "headers", name)) this.append(key, value);
  }

  append(name, value) {
    required(2, arguments, "append");
    const key = nameOf(name);
    const text = valueOf(value, key);
    this.#change();
    const values = this.#lines.get(key);
    if (values) values.push(text);
    else this.#lines.set(key, [text]);
  }

  delete(name) {
    required(1, arguments, "delete");
    const key = nameOf(name);
    this.#change();
    this.#lines.delete(key);
  }

  get(name) {
    required(1, arguments, "get");
    return this.#lines.get(nameOf(name))?.join(", ") ?? null;
  }

  getSetCookie() {
    return [...(this.#lines.get(SINGLE) ?? [])];
  }

  has(name) {
    required(1, arguments, "has");
    return this.#lines.has(nameOf(name));
  }

  set(name, value) {
    required(2, arguments, "set");
    const key = nameOf(name);
    const text = valueOf(value, key);
    this.#change();
    this.#lines.set(key, [text]);
  }

  /** As plain data, for logs and returned values. */
  toJSON() {
    const plain = {};
    for (const [name, values] of this.#lines) {
      plain[name] = name === SINGLE && values.length > 1 ? [...values] : values.join(", ");
    }
    return plain;
  }

  #change() {
    if (this.#immutable) throw new TypeError("these headers cannot be changed: copy them with new Headers(…)");
    this.#sorted = undefined;
  }

  #sort() {
    const list = [];
    for (const name of [...this.#lines.keys()].sort()) {
      const values = this.#lines.get(name);
      if (name === SINGLE) for (const value of values) list.push([name, value]);
      else list.push([name, values.join(", ")]);
    }
    return list;
  }
}

complete("Headers", Headers, {}, ["toJSON"]);

export { freezeHeaders, linesOf };
