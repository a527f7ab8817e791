// Arguments of `api` and `Aerocall` as JSON text. What JSON would lose in silence is an error here: a value that
// becomes `null` on its way removes a key, and a Map becomes an empty object.
import { stringify } from "./native.js";

/** Levels of lists and objects; with the list of the arguments, as many as the host reads. */
const DEEPEST = 119;

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

/** Characters of JSON text that the host takes. */
const LONGEST = 64 * 1024;

/** The keys that lead to the value that is checked, one a level; none where `toJSON` leads to it. */
const trail = [];
/** The lists and objects that hold it. */
const above = [];

/** The JSON text of one value. `place` names it in errors, such as `value.limits[2]`. */
export function jsonText(value, place) {
  let text;
  let failure;
  try {
    text = stringify(value);
  } catch (error) {
    failure = { error };
  }
  // The host refuses longer arguments anyway, and the check takes longer than the text.
  if (text === undefined || text.length <= LONGEST) checked(value, place);
  if (failure !== undefined) throw failure.error;
  return text ?? "null";
}

function checked(value, place) {
  try {
    check(value, 0);
  } catch (error) {
    // Made here: the stack of an error made further down would be full before it reached the author's line.
    throw error instanceof Lost ? new TypeError(error.at(place)) : error;
  }
}

class Lost {
  constructor(what, advice, depth) {
    this.what = what;
    this.advice = advice;
    this.depth = depth;
  }

  at(place) {
    if (this.advice === undefined) return this.what;
    let whole = place;
    for (let level = 0; level < this.depth; level += 1) {
      const key = trail[level];
      if (key !== null) whole += typeof key === "number" ? `[${key}]` : `.${key}`;
    }
    return `${whole} is ${this.what}: ${this.advice}`;
  }
}

function check(value, depth) {
  switch (typeof value) {
    case "string":
    case "boolean":
      return;
    case "number":
      if (!isFinite(value)) throw new Lost(isNaN(value) ? "NaN" : "Infinity", "JSON has no form for it", depth);
      return;
    case "undefined":
      throw new Lost("undefined", "pass null for an empty value", depth);
    case "bigint":
      throw new Lost("a BigInt", "pass String(value) or Number(value)", depth);
    case "object":
      if (value !== null) composite(value, depth);
      return;
    default:
      throw new Lost(`a ${typeof value}`, "JSON has no form for it", depth);
  }
}

function composite(value, depth) {
  if (depth >= DEEPEST) throw new Lost("the arguments are nested too deep");
  for (let level = 0; level < depth; level += 1) {
    if (above[level] === value) throw new Lost("an object that contains itself", "pass a copy without the cycle", depth);
  }
  above[depth] = value;
  if (isArray(value)) {
    for (let at = 0; at < value.length; at += 1) {
      trail[depth] = at;
      check(value[at], depth + 1);
    }
    return;
  }
  const prototype = getPrototypeOf(value);
  if (typeof value.toJSON === "function") {
    if (value instanceof BuiltinDate) {
      if (isNaN(apply(getTime, value, []))) throw new Lost("an invalid Date", "JSON has no form for it", depth);
      return;
    }
    trail[depth] = null;
    check(value.toJSON(), depth + 1);
    return;
  }
  if (prototype !== plainObject && prototype !== null) throw instance(value, depth);
  const names = keys(value);
  for (let at = 0; at < names.length; at += 1) {
    const name = names[at];
    const field = value[name];
    // A field that is undefined reads the same when it is left out.
    if (field === undefined) continue;
    trail[depth] = name;
    check(field, depth + 1);
  }
}

function instance(value, depth) {
  if (value instanceof BuiltinPromise) return new Lost("a Promise", "await it first", depth);
  if (value instanceof BuiltinMap) return new Lost("a Map", "pass Object.fromEntries(map)", depth);
  if (value instanceof BuiltinSet) return new Lost("a Set", "pass [...set]", depth);
  if (value instanceof BuiltinError) return new Lost("an Error", "pass error.message", depth);
  const name = value.constructor?.name;
  const what = typeof name === "string" && name !== "" ? `an instance of ${name}` : "an object of a class";
  return new Lost(what, "pass a plain object", depth);
}
