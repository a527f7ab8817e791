// Forms as multipart/form-data, in both directions.
import { bytesOfBlob, File, isBlob } from "./blob.js";
import { FormData } from "./formdata.js";
import { native } from "./native.js";
import { joined } from "./streams.js";
import { MIMEType } from "whatwg-mimetype";

const [CR, LF, DASH] = [13, 10, 45];
const LONGEST_BOUNDARY = 70;

/** The bytes of a form, and the boundary between its parts. */
export function encodeForm(form) {
  const boundary = `----HookwrightForm${native.randomBytes(16).toHex()}`;
  const parts = [];
  const add = (text) => parts.push(native.encode(text));
  for (const [name, value] of form) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(lines(name))}"`;
    if (isBlob(value)) {
      add(`${head}; filename="${quoted(value.name)}"\r\nContent-Type: ${value.type || "application/octet-stream"}\r\n\r\n`);
      parts.push(bytesOfBlob(value));
      add("\r\n");
    } else {
      add(`${head}\r\n\r\n${lines(value)}\r\n`);
    }
  }
  add(`--${boundary}--\r\n`);
  return { boundary, bytes: joined(parts, parts.reduce((sum, part) => sum + part.length, 0)) };
}

function lines(text) {
  return text.replace(/\r\n?|\n/g, "\r\n");
}

function quoted(text) {
  return text.replace(/[\r\n"]/g, (character) => ({ "\r": "%0D", "\n": "%0A" })[character] ?? "%22");
}

/** The form that bytes hold; throws a TypeError when they hold none. */
export function decodeForm(bytes, boundary) {
  if (!boundary || boundary.length > LONGEST_BOUNDARY) throw malformed("its content-type names no boundary");
  const border = native.encode(`--${boundary}`);
  const form = new FormData();
  let at = startsAt(bytes, border);
  for (;;) {
    at += border.length;
    if (bytes[at] === DASH && bytes[at + 1] === DASH) return form;
    while (bytes[at] === 32 || bytes[at] === 9) at += 1;
    if (bytes[at] !== CR || bytes[at + 1] !== LF) throw malformed("a line break is missing after a boundary");
    const head = readHead(bytes, at + 2);
    const end = borderAfter(bytes, border, head.end);
    const part = bytes.subarray(head.end, end);
    if (head.filename === undefined) form.append(head.name, native.decode(part, false));
    else form.append(head.name, new File([part], head.filename, { type: head.type }));
    at = end + 2;
  }
}

/** Where the first boundary is: at the beginning or of a later line. */
function startsAt(bytes, border) {
  return matches(bytes, border, 0) ? 0 : borderAfter(bytes, border, 0) + 2;
}

/** Where the line break is that the next boundary follows. An empty part has none of its own. */
function borderAfter(bytes, border, from) {
  if (from >= 2 && matches(bytes, border, from)) return from - 2;
  for (let at = bytes.indexOf(CR, from); at >= 0; at = bytes.indexOf(CR, at + 1)) {
    if (bytes[at + 1] === LF && matches(bytes, border, at + 2)) return at;
  }
  throw malformed("its last boundary is missing");
}

function matches(bytes, border, from) {
  for (let at = 0; at < border.length; at += 1) if (bytes[from + at] !== border[at]) return false;
  return true;
}

function readHead(bytes, from) {
  const head = { name: undefined, filename: undefined, type: "text/plain", end: from };
  for (;;) {
    const end = bytes.indexOf(LF, head.end);
    if (end < 0) throw malformed("the head of a part has no end");
    const line = native.decode(bytes.subarray(head.end, end), false).replace(/\r$/, "");
    head.end = end + 1;
    if (line === "") break;
    const [, field, value] = /^([^:]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (/^content-disposition$/i.test(field)) Object.assign(head, disposition(value));
    else if (/^content-type$/i.test(field)) head.type = MIMEType.parse(value)?.toString() ?? value;
  }
  if (head.name === undefined) throw malformed("a part has no name");
  return head;
}

function disposition(value) {
  if (!/^form-data\s*(;|$)/i.test(value)) throw malformed("a part is not form-data");
  const found = {};
  for (const [, key, inQuotes, token] of value.matchAll(/;\s*(name|filename)=(?:"([^"]*)"|([^\s;"]+))/gi)) {
    found[key.toLowerCase()] ??= inQuotes === undefined ? token : unquoted(inQuotes);
  }
  return found;
}

function unquoted(text) {
  return text.replace(/%0A|%0D|%22/gi, (escape) => String.fromCharCode(parseInt(escape.slice(1), 16)));
}

function malformed(why) {
  return new TypeError(`the body is not multipart/form-data: ${why}`);
}
