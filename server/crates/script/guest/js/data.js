// `data:` URLs, which need no network.
import { MIMEType } from "whatwg-mimetype";

import { native } from "./native.js";

/** Type and bytes of a `data:` URL. */
export function readDataUrl(url) {
  const rest = url.slice("data:".length).replace(/#.*$/s, "");
  const comma = rest.indexOf(",");
  if (comma < 0) throw new TypeError("the data: URL has no comma");
  let type = rest.slice(0, comma).replace(/^ +| +$/g, "");
  let bytes = percentDecoded(rest.slice(comma + 1));
  const marked = /; *base64$/i;
  if (marked.test(type)) {
    type = type.replace(marked, "");
    try {
      bytes = Uint8Array.from(atob(native.decode(bytes, false)), (character) => character.charCodeAt(0));
    } catch {
      throw new TypeError("the data: URL is not base64");
    }
  }
  if (type.startsWith(";")) type = `text/plain${type}`;
  return { type: (MIMEType.parse(type) ?? "text/plain;charset=US-ASCII").toString(), bytes };
}

function percentDecoded(text) {
  const source = native.encode(text);
  const bytes = new Uint8Array(source.length);
  let size = 0;
  for (let at = 0; at < source.length; at += 1) {
    const digits = source[at] === 37 ? text.slice(at + 1, at + 3) : "";
    const escaped = /^[0-9a-f]{2}$/i.test(digits);
    bytes[size] = escaped ? parseInt(digits, 16) : source[at];
    if (escaped) at += 2;
    size += 1;
  }
  return bytes.subarray(0, size);
}
