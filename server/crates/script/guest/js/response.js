// `Response`.
import { Content, extract, withBody } from "./body.js";
import { freezeHeaders, Headers } from "./headers.js";
import { complete, dictionary, required, usvString } from "./idl.js";
import { byteString } from "./interfaces.js";
import { stringify } from "./native.js";
import { parseUrl } from "./platform.js";

const WITHOUT_BODY = [101, 103, 204, 205, 304];
const REDIRECTS = [301, 302, 303, 307, 308];

let responseOf;

export class Response {
  #headers;
  #content = null;
  #status = 200;
  #statusText = "";
  #type = "default";
  #url = "";
  #redirected = false;

  static {
    withBody(this, (response) => ({ content: response.#content, headers: response.#headers }));
    responseOf = (answer) => {
      const response = new Response(null, { headers: answer.headers });
      freezeHeaders(response.#headers);
      response.#status = answer.status;
      response.#statusText = answer.statusText;
      response.#type = "basic";
      response.#url = answer.url;
      response.#redirected = answer.redirected === true;
      if (answer.body !== null) response.#content = new Content(answer.body);
      return response;
    };
  }

  constructor(body = null, init = undefined) {
    const { headers, status = 200, statusText = "" } = dictionary(init, "the options of a response");
    this.#headers = new Headers(headers);
    this.#status = statusOf(status);
    this.#statusText = byteString(statusText, "statusText");
    if (/[^\t\x20-\x7e\x80-\xff]/.test(this.#statusText)) throw new TypeError("statusText has a character that a status line cannot carry");
    if (body === null) return;
    if (WITHOUT_BODY.includes(this.#status)) throw new TypeError(`a response with status ${this.#status} cannot have a body`);
    const [content, type] = extract(body);
    this.#fill(content, type);
  }

  static error() {
    const response = new Response();
    response.#status = 0;
    response.#type = "error";
    freezeHeaders(response.#headers);
    return response;
  }

  static redirect(url, status = 302) {
    required(1, arguments, "redirect");
    const target = parseUrl(usvString(url)).href;
    const code = unsignedShort(status);
    if (!REDIRECTS.includes(code)) throw new RangeError(`${code} is not a redirect: use ${REDIRECTS.join(", ")}`);
    const response = new Response(null, { status: code, headers: { location: target } });
    freezeHeaders(response.#headers);
    return response;
  }

  static json(data, init = undefined) {
    required(1, arguments, "json");
    const text = stringify(data);
    if (text === undefined) throw new TypeError("this value has no JSON form");
    const response = new Response(null, init);
    if (WITHOUT_BODY.includes(response.#status)) throw new TypeError(`a response with status ${response.#status} cannot have a body`);
    response.#fill(new Content(usvString(text)), "application/json");
    return response;
  }

  get type() {
    return this.#type;
  }

  get url() {
    return this.#url;
  }

  get redirected() {
    return this.#redirected;
  }

  get status() {
    return this.#status;
  }

  get ok() {
    return this.#status >= 200 && this.#status <= 299;
  }

  get statusText() {
    return this.#statusText;
  }

  get headers() {
    return this.#headers;
  }

  clone() {
    this.#content?.check();
    const copy = new Response(null, { headers: this.#headers });
    copy.#content = this.#content?.copy() ?? null;
    copy.#status = this.#status;
    copy.#statusText = this.#statusText;
    copy.#type = this.#type;
    copy.#url = this.#url;
    copy.#redirected = this.#redirected;
    if (this.#type !== "default") freezeHeaders(copy.#headers);
    return copy;
  }

  /** A response that a hook returns becomes plain data for the server. */
  toJSON() {
    const { status, statusText, ok, headers, url } = this;
    return { status, statusText, ok, headers: headers.toJSON(), url, body: this.#content?.text ?? null };
  }

  #fill(content, type) {
    this.#content = content;
    if (type !== null && !this.#headers.has("content-type")) this.#headers.append("content-type", type);
  }
}

complete("Response", Response, {}, ["toJSON"]);

function unsignedShort(value) {
  return Math.trunc(Number(value)) & 0xffff;
}

function statusOf(value) {
  const status = unsignedShort(value);
  if (status < 200 || status > 599) throw new RangeError(`the status of a response is from 200 to 599, not ${status}`);
  return status;
}

export { responseOf };
