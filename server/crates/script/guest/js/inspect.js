// Values as one would like to read them in a log, in Node's form.
import { absentHint } from "./absent.js";
import { platformPrototype } from "./idl.js";
import { BuiltinError, textOf } from "./native.js";

const DEEPEST = 5;
const MOST_ITEMS = 100;
const WIDTH = 76;
const { getOwnPropertyDescriptor, getPrototypeOf, keys, getOwnPropertySymbols } = Object;
const { ownKeys } = Reflect;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const { call } = Function.prototype;
const getterOf = (prototype, name) => call.bind(getOwnPropertyDescriptor(prototype, name).get);
const dateTime = call.bind(Date.prototype.getTime);
const dateText = call.bind(Date.prototype.toISOString);
const mapSize = getterOf(Map.prototype, "size");
const mapEntries = call.bind(Map.prototype.entries);
const setSize = getterOf(Set.prototype, "size");
const setValues = call.bind(Set.prototype.values);
const regexpText = call.bind(RegExp.prototype.toString);
const bufferLength = getterOf(ArrayBuffer.prototype, "byteLength");
const arrayTag = getterOf(getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
const boxed = [Number, String, Boolean, BigInt, Symbol].map((Class) => [Class.name, call.bind(Class.prototype.valueOf)]);
const functionText = call.bind(Function.prototype.toString);
const stringify = JSON.stringify;

/** Whether a value is an error, also one that only looks like it. */
export function isError(value) {
  return value instanceof BuiltinError || (typeof value === "object" && value !== null && "message" in value && "stack" in value);
}

/** Any value as text; a text is itself. */
export function show(value) {
  try {
    return typeof value === "string" ? value : inspect(value);
  } catch {
    return "[a value that cannot be shown]";
  }
}

/** Any value as text, at most so many levels deep. */
export function inspect(value, deepest = DEEPEST) {
  return one(value, { deepest, above: [], left: 2000 });
}

function one(value, state) {
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "bigint":
      return `${value}n`;
    case "symbol":
      return textOf(value);
    case "function":
      return functionOf(value, state);
    case "object":
      break;
    default:
      return Object.is(value, -0) ? "-0" : textOf(value);
  }
  if (value === null) return "null";
  if (state.above.includes(value)) return "[Circular]";
  if ((state.left -= 1) < 0) return "…";
  if (isError(value)) return errorText(value, state);
  if (state.above.length > state.deepest) return isArray(value) ? "[Array]" : `[${nameOf(value) ?? "Object"}]`;
  state.above.push(value);
  try {
    return objectOf(value, state);
  } finally {
    state.above.pop();
  }
}

function quoted(text) {
  if (!text.includes("'")) return `'${stringify(text).slice(1, -1).replaceAll('\\"', '"')}'`;
  return stringify(text);
}

function functionOf(value, state) {
  const source = functionText(value);
  const named = value.name ? `: ${value.name}` : " (anonymous)";
  const base = source.startsWith("class") ? `[class${value.name ? ` ${value.name}` : " (anonymous)"}]` : `[Function${named}]`;
  const own = keys(value);
  return own.length === 0 ? base : braces(`${base} `, "{", properties(value, own, state), "}");
}

/** What a builtin says of a value that it knows, or undefined for any other. */
function attempt(work, value) {
  try {
    return work(value);
  } catch {
    return undefined;
  }
}

function nameOf(value) {
  for (let prototype = getPrototypeOf(value), depth = 0; prototype !== null && depth < 20; depth += 1) {
    const constructor = getOwnPropertyDescriptor(prototype, "constructor")?.value;
    if (typeof constructor === "function" && constructor.name) return constructor.name;
    prototype = getPrototypeOf(prototype);
  }
  return null;
}

function objectOf(value, state) {
  const name = nameOf(value);
  const head = name === "Object" ? "" : name === null ? "[Object: null prototype] " : `${name} `;
  if (isArray(value)) {
    const prefix = name === "Array" ? "" : `${name}(${value.length}) `;
    return braces(prefix, "[", items(value, value.length, state).concat(properties(value, extras(value), state)), "]");
  }
  const tag = isView(value) ? attempt(arrayTag, value) : undefined;
  if (tag) return braces(`${name}(${value.length}) `, "[", items(value, value.length, state), "]");
  const time = attempt(dateTime, value);
  if (time !== undefined) return Number.isNaN(time) ? "Invalid Date" : dateText(value);
  const entries = attempt(mapSize, value);
  if (entries !== undefined) {
    const parts = list(mapEntries(value), entries, ([key, item]) => `${one(key, state)} => ${one(item, state)}`);
    return braces(`${name}(${entries}) `, "{", parts.concat(properties(value, keys(value), state)), "}");
  }
  const size = attempt(setSize, value);
  if (size !== undefined) {
    const parts = list(setValues(value), size, (item) => one(item, state));
    return braces(`${name}(${size}) `, "{", parts.concat(properties(value, keys(value), state)), "}");
  }
  const bytes = attempt(bufferLength, value);
  if (bytes !== undefined) return `${name} { byteLength: ${bytes} }`;
  if (value instanceof RegExp) return attempt(regexpText, value) ?? `${head}{}`;
  for (const [kind, valueOf] of boxed) {
    const primitive = attempt(valueOf, value);
    if (primitive !== undefined) return `[${kind}: ${one(primitive, state)}]`;
  }
  const names = ownNames(value);
  const platform = names.length === 0 ? platformPrototype(value) : null;
  if (platform !== null) return braces(head, "{", attributes(value, platform, state), "}");
  return braces(head, "{", properties(value, names, state), "}");
}

function ownNames(value) {
  return [...keys(value), ...getOwnPropertySymbols(value).filter((key) => getOwnPropertyDescriptor(value, key)?.enumerable)];
}

/** Names of an array's properties that are no items. */
function extras(array) {
  return array.length > MOST_ITEMS ? [] : keys(array).filter((key) => !/^\d+$/.test(key));
}

function items(array, length, state) {
  const parts = [];
  for (let at = 0; at < length && parts.length < MOST_ITEMS; at += 1) {
    if (at in array) parts.push(one(array[at], state));
    else {
      let hole = at;
      while (hole < length && !(hole in array) && hole - at < MOST_ITEMS) hole += 1;
      parts.push(`<${hole - at} empty item${hole - at === 1 ? "" : "s"}>`);
      at = hole - 1;
    }
  }
  if (length > MOST_ITEMS) parts.push(`… ${length - MOST_ITEMS} more`);
  return parts;
}

function list(iterator, length, text) {
  const parts = [];
  for (const item of iterator) {
    if (parts.length === MOST_ITEMS) {
      parts.push(`… ${length - MOST_ITEMS} more`);
      break;
    }
    parts.push(text(item));
  }
  return parts;
}

function properties(value, names, state) {
  const parts = [];
  for (const key of names) {
    if (parts.length === MOST_ITEMS) {
      parts.push(`… ${names.length - MOST_ITEMS} more`);
      break;
    }
    const descriptor = getOwnPropertyDescriptor(value, key);
    if (descriptor === undefined) continue;
    const name = typeof key === "symbol" ? `[${textOf(key)}]` : /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
    parts.push(`${name}: ${accessor(descriptor) ?? one(descriptor.value, state)}`);
  }
  return parts;
}

function accessor({ get, set }) {
  if (get) return set ? "[Getter/Setter]" : "[Getter]";
  return set ? "[Setter]" : undefined;
}

/** What the platform's own object says through its attributes. */
function attributes(value, prototype, state) {
  const parts = [];
  for (const key of ownKeys(prototype)) {
    const { get, enumerable } = getOwnPropertyDescriptor(prototype, key);
    if (!get || !enumerable) continue;
    parts.push(`${textOf(key)}: ${one(attempt(() => call.call(get, value), value), state)}`);
  }
  const entries = prototype[Symbol.iterator];
  if (typeof entries === "function") {
    for (const item of list(call.call(entries, value), 0, (entry) => one(entry, state))) parts.push(item);
  }
  return parts;
}

function braces(prefix, open, parts, close) {
  if (parts.length === 0) return `${prefix}${open}${close}`;
  const width = parts.reduce((sum, part) => sum + part.length + 2, prefix.length);
  if (width <= WIDTH && !parts.some((part) => part.includes("\n"))) return `${prefix}${open} ${parts.join(", ")} ${close}`;
  return `${prefix}${open}\n  ${parts.map((part) => part.replaceAll("\n", "\n  ")).join(",\n  ")}\n${close}`;
}

/** An error with its stack, its own properties, its cause and the errors that it gathers. */
export function errorText(error, state = { deepest: DEEPEST, above: [], left: 2000 }) {
  if (state.above.includes(error)) return "[Circular]";
  const hint = absentHint(error);
  const head = `${error.name}: ${error.message}${hint}`;
  const stack = error.stack ? `\n${textOf(error.stack).trimEnd()}` : "";
  return `${head}${stack}${details(error, state)}`;
}

/** What belongs to an error besides name, message and stack, as the lines that follow the stack. */
export function details(error, state = { deepest: DEEPEST, above: [], left: 2000 }) {
  if (state.above.length > state.deepest) return "";
  state.above.push(error);
  try {
    const parts = [];
    for (const key of ownNames(error)) {
      if (!["name", "message", "stack", "cause", "errors"].includes(key)) parts.push(...properties(error, [key], state));
    }
    if (Object.hasOwn(error, "cause")) parts.push(`[cause]: ${one(error.cause, state)}`);
    if (Object.hasOwn(error, "errors")) parts.push(`[errors]: ${one(error.errors, state)}`);
    if (parts.length === 0) return "";
    return ` {\n  ${parts.map((part) => part.replaceAll("\n", "\n  ")).join(",\n  ")}\n}`;
  } finally {
    state.above.pop();
  }
}
