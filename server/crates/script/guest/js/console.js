// `console`, and errors as text.
import { mark } from "./clock.js";
import { absentHint } from "./absent.js";
import { details, inspect, isError, show } from "./inspect.js";
import { beginning, BuiltinError, clean, here, native, stringify, textOf } from "./native.js";
import { tableText } from "./table.js";

const LEVELS = { debug: 0, log: 1, info: 2, warn: 3, error: 4 };
const LONGEST = 8192;
const MOST_CLASSES = 20;
const MOST_GROUPS = 20;
const prototypeOf = Object.getPrototypeOf;
const unhandled = new Map();
const counts = new Map();
const times = new Map();
let indent = "";

export function installConsole() {
  const own = { ...methods };
  for (const name of Object.keys(own)) {
    Object.defineProperty(own, name, { value: own[name], writable: true, configurable: true, enumerable: true });
  }
  Object.defineProperty(own, Symbol.toStringTag, { value: "console", configurable: true });
  // A method that only some platforms have must not refuse a login.
  Object.setPrototypeOf(own, new Proxy({}, { get: unknown }));
  Object.defineProperty(globalThis, "console", { value: own, writable: true, configurable: true, enumerable: false });
  Object.defineProperty(globalThis, "reportError", {
    value: function reportError(error) {
      if (arguments.length === 0) throw new TypeError("reportError needs an error");
      reportThrown(error);
    },
    writable: true,
    configurable: true,
    enumerable: true,
  });
}

/** A name that only some platforms know does nothing but say so; what the standard forbids stays absent. */
function unknown(target, name) {
  const known = target[name];
  const forbidden = ["then", "toJSON", "timeline", "timelineEnd", "markTimeline"].includes(name);
  if (known !== undefined || forbidden || typeof name !== "string" || !/^[a-z][A-Za-z]*$/.test(name)) return known;
  return (...values) => write("warn", [`console.${name} is not available in hooks; it was called with`, ...values]);
}

const methods = {
  assert(condition = false, ...values) {
    if (condition) return;
    if (typeof values[0] === "string") values[0] = `Assertion failed: ${values[0]}`;
    else values.unshift("Assertion failed");
    write("error", values);
  },
  clear() {
    indent = "";
  },
  debug: (...values) => write("debug", values),
  error: (...values) => write("error", values),
  info: (...values) => write("info", values),
  log: (...values) => write("log", values),
  table(data = undefined, columns = undefined) {
    const text = typeof data === "object" && data !== null ? tableText(data, columns) : undefined;
    write("log", [text ?? data]);
  },
  trace: (...values) => {
    write("debug", [`Trace${values.length > 0 ? ": " : ""}${format(values)}\n${here()}`]);
  },
  warn: (...values) => write("warn", values),
  dir: (value = undefined) => write("log", [typeof value === "string" ? inspect(value) : value]),
  dirxml: (...values) => write("log", values),
  count(label = "default") {
    const name = `${label}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    write("info", [`${name}: ${counts.get(name)}`]);
  },
  countReset(label = "default") {
    const name = `${label}`;
    if (!counts.delete(name)) write("warn", [`Count for '${name}' does not exist`]);
  },
  group(...values) {
    if (values.length > 0) write("log", values);
    if (indent.length < 2 * MOST_GROUPS) indent += "  ";
  },
  groupCollapsed(...values) {
    methods.group(...values);
  },
  groupEnd() {
    indent = beginning(indent, Math.max(0, indent.length - 2));
  },
  time(label = "default") {
    const name = `${label}`;
    if (times.has(name)) write("warn", [`Timer '${name}' already exists`]);
    else times.set(name, mark());
  },
  timeLog(label = "default", ...values) {
    elapsed(`${label}`, values);
  },
  timeEnd(label = "default") {
    const name = `${label}`;
    elapsed(name, []);
    times.delete(name);
  },
};

function elapsed(name, values) {
  const since = times.get(name);
  if (since === undefined) write("warn", [`Timer '${name}' does not exist`]);
  else write("info", [`${name}: ${(mark() - since).toFixed(3)} ms`, ...values]);
}

function write(level, values) {
  let text;
  try {
    text = format(values);
  } catch {
    // Hook code has changed what it takes to show values, or a value throws when it is looked at.
    text = "[a line that cannot be shown]";
  }
  if (indent !== "") text = indent + text.replaceAll("\n", `\n${indent}`);
  logAt(LEVELS[level], text, here());
}

/** Logs a line for the place that the stack leads to. */
export function logAt(level, text, stack) {
  native.log(level, shorten(text), stack);
}

/** The arguments as one text: a first text may say how the others are shown. */
function format(values) {
  const [first, ...rest] = values;
  if (typeof first !== "string" || rest.length === 0 || !first.includes("%")) return values.map(show).join(" ");
  let next = 0;
  const text = first.replace(/%[sdifoOcj%]/g, (specifier) => {
    if (specifier === "%%") return "%";
    if (next >= rest.length) return specifier;
    const value = rest[next++];
    switch (specifier) {
      case "%s":
        return typeof value === "bigint" || (typeof value === "object" && value !== null) ? show(value) : textOf(value);
      case "%d":
        return typeof value === "bigint" ? `${value}n` : number(value, Number);
      case "%i":
        return typeof value === "bigint" ? `${value}n` : number(value, parseInt);
      case "%f":
        return number(value, parseFloat);
      case "%j":
        return stringify(value) ?? "undefined";
      case "%c":
        return "";
      default:
        return inspect(value);
    }
  });
  return [text, ...rest.slice(next).map(show)].join(" ");
}

function number(value, convert) {
  return typeof value === "symbol" || (typeof value === "object" && value !== null) ? "NaN" : textOf(convert(value));
}

/** Name, message and stack of anything thrown, as JSON. */
export function describe(thrown) {
  let name = "Error";
  let message;
  let stack = "";
  try {
    if (isError(thrown)) {
      const { name: given, message: told } = thrown;
      name = textOf(given);
      message = textOf(told) + absentHint(thrown);
      stack = textOf(thrown.stack ?? "");
      // `Error` is the name of what its author meant for the users: a real error, whose message is a text.
      if (name === "Error" && !(typeof told === "string" && thrown instanceof BuiltinError)) name = "NotAnError";
    } else {
      if (typeof thrown !== "string") name = "NotAnError";
      message = show(thrown);
    }
  } catch {
    // Whatever it is, it is no message that an author meant for the users.
    name = "PlatformError";
    message = "a value that cannot be shown";
  }
  try {
    if (stack) stack = madeAt(thrown, stack);
    if (isError(thrown)) stack = `${stack.trimEnd()}${details(thrown)}`.trimStart();
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

/** Logs what a callback has thrown that nothing awaits: a listener, a timer, a microtask. */
export function reportThrown(thrown) {
  logAt(LEVELS.error, `Uncaught ${show(thrown)}`, stackOf(thrown));
}

/** Remembers promises that were rejected while nobody listened. */
export function trackRejection(promise, reason, handled) {
  if (handled) unhandled.delete(promise);
  else unhandled.set(promise, reason);
}

/** Logs what was rejected and never handled; `own` is the promise of the run itself. */
export function reportRejections(own) {
  if (unhandled.size === 0) return;
  for (const [promise, reason] of unhandled) {
    if (promise === own) continue;
    logAt(LEVELS.warn, `Unhandled promise rejection: ${show(reason)}`, stackOf(reason));
  }
  unhandled.clear();
}

function stackOf(thrown) {
  try {
    return isError(thrown) ? shorten(textOf(thrown.stack)) : "";
  } catch {
    return "";
  }
}

function shorten(text) {
  const whole = clean(textOf(text));
  return whole.length > LONGEST ? clean(`${beginning(whole, LONGEST)}…`) : whole;
}
