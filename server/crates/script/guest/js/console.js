// `console`, and errors as text.
import { beginning, BuiltinError, clean, here, native, stringify, textOf } from "./native.js";

const LEVELS = ["debug", "log", "info", "warn", "error"];
const LONGEST = 8192;
const MOST_CLASSES = 20;
const prototypeOf = Object.getPrototypeOf;
const unhandled = new Map();

export function installConsole() {
  const methods = {};
  LEVELS.forEach((name, level) => {
    methods[name] = (...values) => write(level, values);
  });
  methods.trace = methods.debug;
  methods.dir = methods.log;
  Object.defineProperty(globalThis, "console", {
    value: Object.freeze(methods),
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

function write(level, values) {
  native.log(level, shorten(values.map(show).join(" ")), here());
}

/** Name, message and stack of anything thrown, as JSON. */
export function describe(thrown) {
  let name = "Error";
  let message;
  let stack = "";
  try {
    if (isError(thrown)) {
      name = textOf(thrown.name);
      message = textOf(thrown.message);
      stack = textOf(thrown.stack ?? "");
    } else {
      message = show(thrown);
    }
  } catch {
    // Whatever it is, it is no message that an author meant for the users.
    name = "PlatformError";
    message = "a value that cannot be shown";
  }
  try {
    if (stack) stack = madeAt(thrown, stack);
  } catch {
    // Hook code has changed what it takes to read a stack; it stays as it is.
  }
  // Put together by hand: `stringify` would ask a `toJSON` that hook code has put into the objects' prototype.
  const quoted = (text) => stringify(shorten(text));
  return `{"name":${quoted(name)},"message":${quoted(message)},"stack":${quoted(stack)}}`;
}

/** The stack without the constructors of the error's own classes: it begins where the error was made. */
function madeAt(error, stack) {
  const constructors = [];
  let own = prototypeOf(error);
  while (own && own !== BuiltinError.prototype && constructors.length < MOST_CLASSES) {
    constructors.push(`    at ${own.constructor?.name} (`);
    own = prototypeOf(own);
  }
  let rest = stack;
  while (rest.includes("\n") && constructors.some((frame) => rest.startsWith(frame))) {
    rest = rest.slice(rest.indexOf("\n") + 1);
  }
  return rest;
}

/** Remembers promises that were rejected while nobody listened. */
export function trackRejection(promise, reason, handled) {
  if (handled) unhandled.delete(promise);
  else unhandled.set(promise, reason);
}

/** Logs what was rejected and never handled; `own` is the promise of the run itself. */
export function reportRejections(own) {
  for (const [promise, reason] of unhandled) {
    if (promise === own) continue;
    native.log(3, shorten(`Unhandled promise rejection: ${show(reason)}`), isError(reason) ? shorten(String(reason.stack)) : "");
  }
  unhandled.clear();
}

function isError(value) {
  return value instanceof BuiltinError || (typeof value === "object" && value !== null && "message" in value && "stack" in value);
}

/** A value as one would like to read it in a log. */
function show(value) {
  try {
    if (typeof value === "string") return value;
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "function") return `[Function ${value.name || "anonymous"}]`;
    if (typeof value !== "object" || value === null) return String(value);
    if (isError(value)) return errorText(value);
    return stringify(value, plain()) ?? String(value);
  } catch {
    return "[a value that cannot be shown]";
  }
}

function errorText(error) {
  const head = `${error.name}: ${error.message}`;
  return error.stack ? `${head}\n${String(error.stack).trimEnd()}` : head;
}

/** A JSON replacer that shows what JSON has no form for, and ends at cycles. */
function plain() {
  // What was shown of which value, on the way from the root to `this`.
  const above = [];
  return function (_key, value) {
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "function") return `[Function ${value.name || "anonymous"}]`;
    if (typeof value === "symbol") return String(value);
    if (typeof value !== "object" || value === null) return value;
    while (above.length > 0 && above[above.length - 1].shown !== this) above.pop();
    if (above.some((entry) => entry.value === value)) return "[Circular]";
    if (isError(value)) return errorText(value);
    const shown = value instanceof Map ? { Map: [...value] } : value instanceof Set ? { Set: [...value] } : value;
    above.push({ value, shown });
    return shown;
  };
}

function shorten(text) {
  const whole = clean(textOf(text));
  return whole.length > LONGEST ? clean(`${beginning(whole, LONGEST)}…`) : whole;
}
