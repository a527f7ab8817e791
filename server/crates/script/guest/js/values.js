// Arguments of `api` and `Aerocall` as JSON text. What JSON would lose in silence is an error here: a value that
// becomes `null` on its way removes a key, and a Map becomes an empty object.
import { stringify } from "./native.js";

/** Levels of lists and objects; the host allows a few more. */
const DEEPEST = 110;

const BuiltinDate = Date;
const BuiltinMap = Map;
const BuiltinSet = Set;
const BuiltinPromise = Promise;
const BuiltinError = Error;
const { isArray } = Array;
const { isFinite, isNaN } = Number;
const { getPrototypeOf, keys, prototype: plainObject } = Object;
const { apply } = Reflect;
const { getTime } = Date.prototype;

/** The JSON text of one value. `place` names it in errors, such as `value.limits[2]`. */
export function jsonText(value, place) {
  try {
    return text(value, place, undefined, 0);
  } catch (error) {
    // Made here: the stack of an error made further down would be full before it reached the author's line.
    throw error instanceof Lost ? new TypeError(error.message) : error;
  }
}

class Lost {
  constructor(message) {
    this.message = message;
  }
}

function text(value, place, above, depth) {
  switch (typeof value) {
    case "string":
      return stringify(value);
    case "boolean":
      return value ? "true" : "false";
    case "number":
      if (!isFinite(value)) throw lost(place, isNaN(value) ? "NaN" : "Infinity", "JSON has no form for it");
      return stringify(value);
    case "undefined":
      throw lost(place, "undefined", "pass null for an empty value");
    case "bigint":
      throw lost(place, "a BigInt", "pass String(value) or Number(value)");
    case "object":
      return value === null ? "null" : composite(value, place, above, depth);
    default:
      throw lost(place, `a ${typeof value}`, "JSON has no form for it");
  }
}

function composite(value, place, above, depth) {
  if (depth >= DEEPEST) throw new Lost("the arguments are nested too deep");
  for (let outer = above; outer; outer = outer.above) {
    if (outer.value === value) throw lost(place, "an object that contains itself", "pass a copy without the cycle");
  }
  if (value instanceof BuiltinDate) {
    if (isNaN(apply(getTime, value, []))) throw lost(place, "an invalid Date", "JSON has no form for it");
    return stringify(value);
  }
  const inside = { value, above };
  if (isArray(value)) {
    let whole = "[";
    for (let at = 0; at < value.length; at += 1) {
      whole += (at > 0 ? "," : "") + text(value[at], `${place}[${at}]`, inside, depth + 1);
    }
    return `${whole}]`;
  }
  if (typeof value.toJSON === "function") return text(value.toJSON(), place, inside, depth + 1);
  const prototype = getPrototypeOf(value);
  if (prototype !== null && prototype !== plainObject) throw instance(value, place);
  let whole = "{";
  const names = keys(value);
  for (let at = 0; at < names.length; at += 1) {
    const name = names[at];
    const field = value[name];
    // A field that is undefined reads the same when it is left out.
    if (field === undefined) continue;
    whole += `${whole.length > 1 ? "," : ""}${stringify(name)}:${text(field, `${place}.${name}`, inside, depth + 1)}`;
  }
  return `${whole}}`;
}

function instance(value, place) {
  if (value instanceof BuiltinPromise) return lost(place, "a Promise", "await it first");
  if (value instanceof BuiltinMap) return lost(place, "a Map", "pass Object.fromEntries(map)");
  if (value instanceof BuiltinSet) return lost(place, "a Set", "pass [...set]");
  if (value instanceof BuiltinError) return lost(place, "an Error", "pass error.message");
  const name = value.constructor?.name;
  const what = typeof name === "string" && name !== "" ? `an instance of ${name}` : "an object of a class";
  return lost(place, what, "pass a plain object");
}

function lost(place, what, advice) {
  return new Lost(`${place} is ${what}: ${advice}`);
}
