// `Request`.
import { extract, withBody } from "./body.js";
import { Headers } from "./headers.js";
import { complete, dictionary, required, usvString } from "./idl.js";
import { byteString, enumeration } from "./interfaces.js";
import { parseUrl, platform } from "./platform.js";
import { ReadableStream } from "./streams.js";

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const NORMALISED = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
const SIMPLE = ["GET", "HEAD", "POST"];
const FORBIDDEN = ["CONNECT", "TRACE", "TRACK"];
const REFERRER_POLICIES = [
  "",
  "no-referrer",
  "no-referrer-when-downgrade",
  "same-origin",
  "origin",
  "strict-origin",
  "origin-when-cross-origin",
  "strict-origin-when-cross-origin",
  "unsafe-url",
];
/** What each option may be, in the order in which they are read; those that have no effect here are kept all the same. */
const WORDS = {
  cache: ["default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"],
  credentials: ["omit", "same-origin", "include"],
  duplex: ["half"],
  mode: ["navigate", "same-origin", "no-cors", "cors"],
  priority: ["high", "low", "auto"],
  redirect: ["follow", "error", "manual"],
  referrerPolicy: REFERRER_POLICIES,
};
const DEFAULTS = {
  cache: "default",
  credentials: "same-origin",
  integrity: "",
  keepalive: false,
  mode: "cors",
  redirect: "follow",
  referrer: "about:client",
  referrerPolicy: "",
};

let partsOf;

export class Request {
  #url;
  #method;
  #options;
  #headers;
  #content;
  /** The signal that was given, and the request's own, which is made when it is asked for. */
  #given;
  #signal;

  static {
    partsOf = (request) => ({
      url: request.#url,
      method: request.#method,
      options: request.#options,
      headers: request.#headers,
      content: request.#content,
      signal: request.#signal ?? request.#given,
    });
    withBody(this, (request) => ({ content: request.#content, headers: request.#headers }));
  }

  constructor(input, init = undefined) {
    required(1, arguments, "Request");
    const from = typeof input === "object" && input !== null && #url in input ? input : null;
    const url = from ? from.#url : addressOf(usvString(input));
    const given = read(dictionary(init, "the options of a request"));
    this.#url = url;
    this.#options = { ...(from ? from.#options : DEFAULTS), ...given.words };
    if (given.changed && this.#options.mode === "navigate") this.#options.mode = "same-origin";
    if (this.#options.cache === "only-if-cached" && this.#options.mode !== "same-origin") {
      throw new TypeError("cache 'only-if-cached' needs mode 'same-origin'");
    }
    this.#method = given.method ?? from?.#method ?? "GET";
    if (this.#options.mode === "no-cors" && !SIMPLE.includes(this.#method)) {
      throw new TypeError(`mode 'no-cors' allows only ${SIMPLE.join(", ")}; it has no use here, leave it out`);
    }
    this.#given = given.signal === undefined ? (from?.#signal ?? from?.#given ?? null) : given.signal;
    this.#headers = new Headers(given.headers ?? from?.#headers);
    const old = from ? from.#content : null;
    if ((given.body !== null || old !== null) && (this.#method === "GET" || this.#method === "HEAD")) {
      throw new TypeError(`a ${this.#method} request cannot have a body`);
    }
    this.#content = null;
    if (given.body !== null) {
      const [content, type] = extract(given.body);
      this.#content = content;
      if (type !== null && !this.#headers.has("content-type")) this.#headers.append("content-type", type);
      if (given.body instanceof ReadableStream && given.words.duplex === undefined) {
        throw new TypeError("a request whose body is a stream needs duplex: 'half'");
      }
    } else if (old !== null) {
      this.#content = old.move();
    }
  }

  get method() {
    return this.#method;
  }

  get url() {
    return this.#url;
  }

  get headers() {
    return this.#headers;
  }

  get destination() {
    return (this.#url, "");
  }

  get referrer() {
    return this.#options.referrer;
  }

  get referrerPolicy() {
    return this.#options.referrerPolicy;
  }

  get mode() {
    return this.#options.mode;
  }

  get credentials() {
    return this.#options.credentials;
  }

  get cache() {
    return this.#options.cache;
  }

  get redirect() {
    return this.#options.redirect;
  }

  get integrity() {
    return this.#options.integrity;
  }

  get keepalive() {
    return this.#options.keepalive;
  }

  get isReloadNavigation() {
    return (this.#url, false);
  }

  get isHistoryNavigation() {
    return (this.#url, false);
  }

  get duplex() {
    return (this.#url, "half");
  }

  get signal() {
    if (this.#signal === undefined) {
      const { AbortController, AbortSignal } = platform;
      this.#signal = this.#given === null ? new AbortController().signal : AbortSignal.any([this.#given]);
    }
    return this.#signal;
  }

  clone() {
    this.#content?.check();
    const copy = new Request(this.#url, { headers: this.#headers, method: this.#method, signal: this.#signal ?? this.#given });
    copy.#options = { ...this.#options };
    copy.#content = this.#content?.copy() ?? null;
    return copy;
  }
}

complete("Request", Request);

/** An absolute URL that holds no password. */
function addressOf(text) {
  const url = parseUrl(text);
  if (url.username !== "" || url.password !== "") {
    throw new TypeError("the URL of a request must not hold a user name or password: send them in the header authorization");
  }
  return url.href;
}

/** Reads the options in the order that the standard gives, each once. */
function read(init) {
  const words = {};
  const given = { words, changed: false, body: null };
  for (const name of ["body", "cache", "credentials", "duplex", "headers", "integrity", "keepalive", "method", "mode", "priority", "redirect", "referrer", "referrerPolicy", "signal", "window"]) {
    const value = init[name];
    if (value === undefined) continue;
    given.changed = true;
    if (WORDS[name]) words[name] = enumeration(value, WORDS[name], name);
    else READERS[name](value, given);
  }
  if (words.mode === "navigate") throw new TypeError("a request cannot have the mode 'navigate'");
  return given;
}

const READERS = {
  body(value, given) {
    given.body = value;
  },
  headers(value, given) {
    given.headers = value;
  },
  integrity(value, given) {
    given.words.integrity = usvString(value);
  },
  keepalive(value, given) {
    given.words.keepalive = Boolean(value);
  },
  method(value, given) {
    given.method = methodOf(value);
  },
  referrer(value, given) {
    const text = usvString(value);
    const url = text === "" ? null : parseUrl(text);
    // No request of a hook comes from a page, so none can name one of its own origin.
    given.words.referrer = url === null ? "" : "about:client";
  },
  signal(value, given) {
    if (value !== null && !(value instanceof platform.AbortSignal)) throw new TypeError("the signal of a request must be an AbortSignal");
    given.signal = value;
  },
  window(value) {
    if (value !== null) throw new TypeError("the window of a request can only be null");
  },
};

function methodOf(value) {
  const method = byteString(value, "the method");
  if (!TOKEN.test(method)) throw new TypeError(`'${method}' is not an HTTP method`);
  const upper = method.toUpperCase();
  if (FORBIDDEN.includes(upper)) throw new TypeError(`the method ${upper} cannot be used`);
  return NORMALISED.includes(upper) ? upper : method;
}

export { partsOf };
