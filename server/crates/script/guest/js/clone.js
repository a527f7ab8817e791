// structuredClone.
import { dictionary, platformPrototype, required } from "./idl.js";
import { define, textOf } from "./native.js";

const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, hasOwn, keys } = Object;
const { call } = Function.prototype;
const getterOf = (prototype, name) => call.bind(getOwnPropertyDescriptor(prototype, name).get);
const { isArray } = Array;
const { isView } = ArrayBuffer;
const Views = getPrototypeOf(Uint8Array.prototype);
const viewTag = getterOf(Views, Symbol.toStringTag);
const viewLength = getterOf(Views, "length");
const viewOffset = getterOf(Views, "byteOffset");
const viewBuffer = getterOf(Views, "buffer");
const dataViewBuffer = getterOf(DataView.prototype, "buffer");
const dataViewOffset = getterOf(DataView.prototype, "byteOffset");
const dataViewLength = getterOf(DataView.prototype, "byteLength");
const bufferLength = getterOf(ArrayBuffer.prototype, "byteLength");
const bufferDetached = getterOf(ArrayBuffer.prototype, "detached");
const bufferResizable = getterOf(ArrayBuffer.prototype, "resizable");
const bufferMost = getterOf(ArrayBuffer.prototype, "maxByteLength");
const bufferTransfer = call.bind(ArrayBuffer.prototype.transfer);
const dateTime = call.bind(Date.prototype.getTime);
const regexpSource = getterOf(RegExp.prototype, "source");
const regexpFlags = getterOf(RegExp.prototype, "flags");
const mapSize = getterOf(Map.prototype, "size");
const mapEntries = call.bind(Map.prototype.entries);
const mapSet = call.bind(Map.prototype.set);
const mapGet = call.bind(Map.prototype.get);
const mapHas = call.bind(Map.prototype.has);
const setSize = getterOf(Set.prototype, "size");
const setValues = call.bind(Set.prototype.values);
const setAdd = call.bind(Set.prototype.add);
const objectTag = call.bind(Object.prototype.toString);
const BuiltinMap = Map;
const BuiltinSet = Set;
const BuiltinDate = Date;
const BuiltinRegExp = RegExp;
const BuiltinArray = Array;
const BuiltinObject = Object;
const BuiltinDataView = DataView;
const BuiltinBuffer = ArrayBuffer;
const Bytes = Uint8Array;
const Exception = DOMException;
const exceptionCode = getterOf(DOMException.prototype, "code");
const boxed = [Number, String, Boolean, BigInt].map((Class) => call.bind(Class.prototype.valueOf));
const viewClasses = Object.create(null);
for (const name of ownNames()) viewClasses[name] = globalThis[name];
const errorClasses = { __proto__: null, Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
/** Builtins whose state cannot be copied. */
const uncloneable = [WeakMap, WeakSet, WeakRef, Promise, FinalizationRegistry].map((Class) => Class.prototype);

/** How the platform's own classes copy themselves: `[prototype, copy]`. */
const copied = [];

export function installClone() {
  define("structuredClone", structuredClone);
}

/** Lets instances of a class of the platform be cloned. */
export function cloneable(Class, copy) {
  copied.push([Class.prototype, copy]);
}

function ownNames() {
  return Object.getOwnPropertyNames(globalThis).filter((name) => /^(Big)?(Int|Uint|Float)\d+(Clamped)?Array$/.test(name));
}

function structuredClone(value, options = undefined) {
  required(1, arguments, "structuredClone");
  const { transfer } = dictionary(options, "the options of structuredClone");
  const given = transfer === undefined ? [] : [...transfer];
  const seen = new BuiltinMap();
  for (const source of given) {
    const length = attempt(bufferLength, source);
    if (length === undefined) refuse("only an ArrayBuffer can be transferred");
    if (mapHas(seen, source)) refuse("an ArrayBuffer is listed twice");
    if (bufferDetached(source)) refuse("the ArrayBuffer is detached");
    mapSet(seen, source, emptyBuffer(source, length));
  }
  const targets = given.map((source) => mapGet(seen, source));
  const result = copy(value, seen);
  // Only now, because nothing is transferred when something cannot be cloned.
  given.forEach((source, at) => {
    if (bufferDetached(source)) refuse("the ArrayBuffer is detached");
    const moved = new Bytes(bufferTransfer(source));
    new Bytes(targets[at]).set(moved.subarray(0, bufferLength(targets[at])));
  });
  return result;
}

function refuse(message) {
  throw new Exception(`structuredClone: ${message}`, "DataCloneError");
}

function attempt(work, value) {
  try {
    return work(value);
  } catch {
    return undefined;
  }
}

function copy(value, seen) {
  if (typeof value === "symbol") refuse(`${textOf(value)} cannot be cloned`);
  if (typeof value === "function") refuse(`the function ${value.name || "(anonymous)"} cannot be cloned`);
  if (typeof value !== "object" || value === null) return value;
  if (mapHas(seen, value)) return mapGet(seen, value);
  const remember = (made) => {
    mapSet(seen, value, made);
    return made;
  };
  if (isArray(value)) {
    const made = remember(new BuiltinArray(value.length));
    properties(value, made, seen);
    return made;
  }
  for (const valueOf of boxed) {
    const primitive = attempt(valueOf, value);
    if (primitive !== undefined) return remember(BuiltinObject(primitive));
  }
  const time = attempt(dateTime, value);
  if (time !== undefined) return remember(new BuiltinDate(time));
  if (value !== BuiltinRegExp.prototype) {
    const source = attempt(regexpSource, value);
    if (source !== undefined) return remember(new BuiltinRegExp(source, regexpFlags(value)));
  }
  const length = attempt(bufferLength, value);
  if (length !== undefined) return remember(buffer(value, length));
  if (isView(value)) return view(value, seen, remember);
  if (attempt(mapSize, value) !== undefined) {
    const made = remember(new BuiltinMap());
    for (const [key, item] of [...mapEntries(value)]) mapSet(made, copy(key, seen), copy(item, seen));
    return made;
  }
  if (attempt(setSize, value) !== undefined) {
    const made = remember(new BuiltinSet());
    for (const item of [...setValues(value)]) setAdd(made, copy(item, seen));
    return made;
  }
  if (attempt(exceptionCode, value) !== undefined) {
    const made = remember(new Exception(value.message, value.name));
    defineProperty(made, "stack", { value: value.stack, writable: true, configurable: true });
    return made;
  }
  if (isError(value)) return error(value, seen, remember);
  for (const [prototype, make] of copied) {
    if (BuiltinObject.prototype.isPrototypeOf.call(prototype, value)) return remember(make(value));
  }
  const platform = platformPrototype(value);
  if (platform !== null) refuse(`a ${platform[Symbol.toStringTag]} cannot be cloned`);
  for (const prototype of uncloneable) {
    if (BuiltinObject.prototype.isPrototypeOf.call(prototype, value)) refuse(`a ${prototype[Symbol.toStringTag]} cannot be cloned`);
  }
  const tag = objectTag(value);
  if (tag === "[object Generator]" || tag === "[object AsyncGenerator]") refuse("a generator cannot be cloned");
  const made = remember({});
  properties(value, made, seen);
  return made;
}

/** Copies the own enumerable properties; a getter is asked. */
function properties(from, to, seen) {
  for (const key of keys(from)) {
    if (!hasOwn(from, key)) continue;
    defineProperty(to, key, { value: copy(from[key], seen), writable: true, enumerable: true, configurable: true });
  }
}

function emptyBuffer(source, length) {
  return bufferResizable(source) ? new BuiltinBuffer(length, { maxByteLength: bufferMost(source) }) : new BuiltinBuffer(length);
}

function buffer(source, length) {
  if (bufferDetached(source)) refuse("the ArrayBuffer is detached");
  const made = emptyBuffer(source, length);
  new Bytes(made).set(new Bytes(source));
  return made;
}

function view(value, seen, remember) {
  const name = viewTag(value);
  const whole = name === undefined ? dataViewBuffer(value) : viewBuffer(value);
  if (bufferDetached(whole) && !mapHas(seen, whole)) refuse("the ArrayBuffer is detached");
  const offset = name === undefined ? attempt(dataViewOffset, value) : viewOffset(value);
  const length = name === undefined ? attempt(dataViewLength, value) : viewLength(value);
  if (offset === undefined || length === undefined) refuse("the view is outside its ArrayBuffer");
  const Class = name === undefined ? BuiltinDataView : viewClasses[name];
  return remember(new Class(copy(whole, seen), offset, length));
}

function isError(value) {
  return typeof Error.isError === "function" ? Error.isError(value) : objectTag(value) === "[object Error]";
}

function error(value, seen, remember) {
  const name = value.name;
  const Class = typeof name === "string" && name in errorClasses ? errorClasses[name] : errorClasses.Error;
  const descriptor = getOwnPropertyDescriptor(value, "message");
  const made = remember(new Class());
  const set = (key, given) => defineProperty(made, key, { value: given, writable: true, configurable: true });
  if (descriptor && "value" in descriptor) set("message", textOf(descriptor.value));
  else delete made.message;
  set("stack", textOf(value.stack ?? ""));
  if (hasOwn(value, "cause")) set("cause", copy(value.cause, seen));
  return made;
}
