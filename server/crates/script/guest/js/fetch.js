// fetch, Headers and Response over the host operation "fetch". Bodies are text.
import { define, native, parse, stringify } from "./native.js";
import { cancel, start } from "./operations.js";
import { bytesOf } from "./text.js";

export function installFetch() {
  define("fetch", fetch);
  define("Headers", Headers);
  define("Request", Request);
  define("Response", Response);
}

async function fetch(input, init) {
  const request = new Request(input, init);
  request.signal?.throwIfAborted();
  const { promise, ticket } = start("fetch", [
    {
      url: request.url,
      method: request.method,
      headers: Object.fromEntries(request.headers),
      body: request[body],
      redirect: request.redirect,
    },
  ]);
  request.signal?.addEventListener("abort", () => cancel(ticket, request.signal.reason));
  const answer = await promise;
  const response = new Response(answer.body, answer);
  response.url = answer.url ?? request.url;
  return response;
}

const body = Symbol("body");

class Headers {
  #values = new Map();

  constructor(init = {}) {
    const pairs = typeof init?.[Symbol.iterator] === "function" ? init : Object.entries(init ?? {});
    for (const [name, value] of pairs) this.append(name, value);
  }

  append(name, value) {
    const key = String(name).toLowerCase();
    const before = this.#values.get(key);
    this.#values.set(key, before === undefined ? String(value) : `${before}, ${value}`);
  }

  set(name, value) {
    this.#values.set(String(name).toLowerCase(), String(value));
  }

  get(name) {
    return this.#values.get(String(name).toLowerCase()) ?? null;
  }

  has(name) {
    return this.#values.has(String(name).toLowerCase());
  }

  delete(name) {
    this.#values.delete(String(name).toLowerCase());
  }

  forEach(callback, self) {
    for (const [name, value] of this) callback.call(self, value, name, this);
  }

  keys() {
    return this.#sorted().map(([name]) => name)[Symbol.iterator]();
  }

  values() {
    return this.#sorted().map(([, value]) => value)[Symbol.iterator]();
  }

  entries() {
    return this.#sorted()[Symbol.iterator]();
  }

  [Symbol.iterator]() {
    return this.entries();
  }

  toJSON() {
    return Object.fromEntries(this);
  }

  #sorted() {
    return [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

/** What requests and responses share: headers and a body that is read as text. */
class Message {
  constructor(content, headers) {
    this.headers = new Headers(headers);
    this[body] = bodyText(content, this.headers);
    this.bodyUsed = false;
  }

  async text() {
    if (this.bodyUsed) throw new TypeError("the body has been read already");
    this.bodyUsed = true;
    return this[body] ?? "";
  }

  async json() {
    return parse(await this.text());
  }

  async bytes() {
    return bytesOf(await this.text());
  }

  async arrayBuffer() {
    return (await this.bytes()).buffer;
  }
}

class Request extends Message {
  constructor(input, init = {}) {
    const from = input instanceof Request ? input : {};
    super(init.body ?? from[body] ?? null, init.headers ?? from.headers);
    this.url = input instanceof Request ? input.url : new URL(String(input)).href;
    this.method = String(init.method ?? from.method ?? "GET").toUpperCase();
    this.redirect = String(init.redirect ?? from.redirect ?? "follow");
    this.signal = init.signal ?? from.signal ?? null;
    if (this[body] !== null && (this.method === "GET" || this.method === "HEAD")) {
      throw new TypeError(`a ${this.method} request cannot have a body`);
    }
  }
}

class Response extends Message {
  constructor(content = null, { status = 200, statusText = "", headers = {} } = {}) {
    super(content, headers);
    this.status = Number(status);
    this.statusText = String(statusText);
    this.ok = this.status >= 200 && this.status < 300;
    this.url = "";
    this.redirected = false;
  }

  clone() {
    if (this.bodyUsed) throw new TypeError("the body has been read already");
    const copy = new Response(this[body], this);
    copy.url = this.url;
    return copy;
  }

  /** A response that a hook returns becomes plain data for the server. */
  toJSON() {
    const { status, statusText, ok, headers, url } = this;
    return { status, statusText, ok, headers: headers.toJSON(), url, body: this[body] };
  }

  static json(value, init) {
    const response = new Response(stringify(value), init);
    if (!response.headers.has("content-type") || init?.headers === undefined) {
      response.headers.set("content-type", "application/json");
    }
    return response;
  }

  static error() {
    return new Response(null, { status: 0 });
  }
}

function bodyText(content, headers) {
  if (content === null || content === undefined) return null;
  if (content instanceof ArrayBuffer || ArrayBuffer.isView(content)) return native.decode(bytesOf(content), false);
  if (!headers.has("content-type")) {
    const form = content instanceof URLSearchParams;
    headers.set("content-type", form ? "application/x-www-form-urlencoded;charset=UTF-8" : "text/plain;charset=UTF-8");
  }
  return String(content);
}
