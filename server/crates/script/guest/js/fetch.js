// `fetch` over the host operation of that name, and the classes of its data.
import { Blob, File } from "./blob.js";
import { readDataUrl } from "./data.js";
import { FormData } from "./formdata.js";
import { Headers, linesOf } from "./headers.js";
import { required } from "./idl.js";
import { define, native } from "./native.js";
import { cancel, start } from "./operations.js";
import { keepPlatform } from "./platform.js";
import { partsOf, Request } from "./request.js";
import { Response, responseOf } from "./response.js";
import { installStreams } from "./streams.js";

const { call } = Function.prototype;
const toBase64 = call.bind(Uint8Array.prototype.toBase64);
const fromBase64 = Uint8Array.fromBase64;
/** The host takes no more; said here, before more copies of it are made. */
const MOST_BYTES = 256 << 10;

export function installFetch() {
  keepPlatform();
  installStreams();
  const classes = { Blob, File, FormData, Headers, Request, Response };
  for (const name of Object.keys(classes)) define(name, classes[name]);
  define("fetch", fetch);
}

async function fetch(input, init = undefined) {
  required(1, arguments, "fetch");
  const { url, method, options, headers, content, signal } = partsOf(new Request(input, init));
  if (signal?.aborted) {
    content?.cancel(signal.reason);
    throw signal.reason;
  }
  checkOptions(options);
  const scheme = url.slice(0, url.indexOf(":"));
  if (scheme === "data") return dataResponse(url, method);
  if (scheme !== "http" && scheme !== "https") throw new TypeError(`${scheme}: URLs cannot be fetched, only http:, https: and data:`);
  let body = content === null ? null : content.take();
  if (body instanceof Promise) body = await unlessAborted(body, signal);
  const request = { url, method, headers: linesOf(headers), body: body === null ? null : packed(body), redirect: options.redirect };
  const { promise, ticket } = start("fetch", [request]);
  const answer = await unlessAborted(promise, signal, () => cancel(ticket));
  return responseOf({ ...answer, body: unpacked(answer.body) });
}

/** What a hook would believe to be done, and is not. */
function checkOptions({ cache, integrity }) {
  if (integrity !== "") throw new TypeError("fetch does not check `integrity`: compare crypto.subtle.digest of the body's bytes");
  if (cache === "only-if-cached") throw new TypeError("there is no cache here, so `only-if-cached` finds nothing: use api.cache or Aerocall.cache");
}

/** The promise, as long as the signal is not aborted; then its reason. */
async function unlessAborted(promise, signal, stop = undefined) {
  if (signal === null) return promise;
  let listener;
  const aborted = new Promise((_, reject) => {
    listener = () => {
      stop?.();
      reject(signal.reason);
    };
    signal.addEventListener("abort", listener, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", listener);
  }
}

function dataResponse(url, method) {
  const { type, bytes } = readDataUrl(url);
  const body = method === "HEAD" ? null : bytes;
  return responseOf({ status: 200, statusText: "OK", headers: [["content-type", type]], body, url });
}

/** A body as it travels in JSON: text as it is, other bytes as base64. */
function packed(body) {
  if (body.length > MOST_BYTES) {
    throw new TypeError(`the request body has ${body.length} ${typeof body === "string" ? "characters" : "bytes"}; a hook can send at most ${MOST_BYTES} bytes (256 KiB)`);
  }
  if (typeof body === "string") {
    // Control characters take six times their room in JSON.
    return /[\0-\x08\x0e-\x1f]/.test(body) ? binary(native.encode(body)) : body;
  }
  try {
    return packed(native.decode(body, true));
  } catch {
    return binary(body);
  }
}

function binary(bytes) {
  return { base64: toBase64(bytes), size: bytes.length };
}

function unpacked(body) {
  return body === null || typeof body === "string" ? body : fromBase64(body.base64);
}
