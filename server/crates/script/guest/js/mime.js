// Which MIME type the `content-type` lines of a message amount to.
import { MIMEType } from "whatwg-mimetype";

/** The last usable type, with the character set that an earlier line of the same type gave; null for none. */
export function mimeTypeOf(headers) {
  const value = headers.get("content-type");
  if (value === null) return null;
  let found = null;
  let charset = null;
  for (const part of split(value)) {
    const type = MIMEType.parse(part);
    if (type === null || type.essence === "*/*") continue;
    if (type.essence !== found?.essence) charset = null;
    if (type.parameters.has("charset")) charset = type.parameters.get("charset");
    else if (charset !== null) type.parameters.set("charset", charset);
    found = type;
  }
  return found;
}

/** Parts between commas that stand outside of quotes. */
function split(value) {
  const parts = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < value.length; at += 1) {
    const character = value[at];
    if (quoted && character === "\\") at += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === "," && !quoted) {
      parts.push(value.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(value.slice(start));
  return parts;
}
