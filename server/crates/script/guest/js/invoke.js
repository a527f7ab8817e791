// One call: builds `api`, `Aerocall` and the arguments, and calls the exported function. A hook that has replaced builtins,
// or a polyfill in it, loses no refusal: nothing here uses a builtin, an iterator or a property that it could have replaced.
import { beginning, BuiltinTypeError, here, hide, list, native, pieces, plainList, textOf } from "./native.js";
import { perform, start } from "./operations.js";
import { jsonText } from "./values.js";

const { defineProperty, freeze, hasOwn } = Object;
const { isArray } = Array;
const { apply } = Reflect;

/** Calls the function; returns its value or promise. */
export function invoke(exported, call) {
  const { event, context, payload } = call;
  const api = build("api", call.api);
  const Aerocall = build("Aerocall", call.sdk);
  defineProperty(globalThis, "Aerocall", { __proto__: null, value: Aerocall, writable: false, configurable: true });
  const bag = freeze({ event, api, context, payload, Aerocall });
  // What comes next is the hook's own code, getters of its exports included, and its own time.
  native.begin();
  const { owner, handler } = find(exported, call.handler);
  const wanted = call.arguments;
  const args = plainList();
  for (let at = 0; at < wanted.length; at += 1) {
    const argument = wanted[at];
    if (argument === "event") args[args.length] = event;
    else if (argument === "api") args[args.length] = api;
    else if (argument === "bag") args[args.length] = bag;
    else if (argument !== "auto") args[args.length] = valueAt(event, argument.path);
    else if (handler.length >= 2) {
      args[args.length] = event;
      args[args.length] = api;
    } else args[args.length] = single(event, bag);
  }
  return apply(handler, owner, args);
}

/** The one argument of a function that may mean the bag or the event: the bag, with the event's own fields in it. */
function single(event, bag) {
  return freeze({ ...event, ...bag });
}

function find(exported, name) {
  const parts = pieces(name, ".");
  let owner;
  let value = exported;
  for (let at = 0; at < parts.length; at += 1) {
    owner = value;
    value = value?.[parts[at]];
  }
  if (typeof value !== "function") throw new BuiltinTypeError(`the hook exports no function '${name}'`);
  return { owner: owner === exported ? undefined : owner, handler: value };
}

function valueAt(value, path) {
  const parts = pieces(path, ".");
  for (let at = 0; at < parts.length; at += 1) value = value?.[parts[at]];
  return value;
}

// `api.cache.get` and `Aerocall.cache.get` are different operations: the host gets the root's name too.
function build(rootName, methods) {
  const root = {};
  const objects = plainList();
  objects[0] = root;
  for (let at = 0; at < methods.length; at += 1) {
    const { path, parts, behaviour, params } = methods[at];
    const last = parts.length - 1;
    let object = root;
    for (let depth = 0; depth < last; depth += 1) {
      if (!hasOwn(object, parts[depth])) objects[objects.length] = add(object, parts[depth], {});
      object = object[parts[depth]];
    }
    add(object, parts[last], method(root, `${rootName}.${path}`, path, behaviour, params));
  }
  // `return api.access.deny(…)` returns nothing.
  hide(root, "toJSON", nothing);
  for (let at = 0; at < objects.length; at += 1) freeze(objects[at]);
  return root;
}

function add(object, key, value) {
  defineProperty(object, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  return value;
}

function nothing() {}

function method(root, name, path, behaviour, params) {
  // Few of the methods are called, so what they take is read when they are.
  let wanted;
  const text = (args) => checked(name, (wanted ??= parameters(params)), args);
  switch (behaviour) {
    case "record":
      return (...args) => {
        native.record(path, text(args), here());
        return root;
      };
    case "record_always":
      return (...args) => {
        try {
          native.record(path, text(args), here());
        } catch (error) {
          // A refusal with a wrong argument is a refusal all the same.
          native.record(path, strings(args), here());
          throw error;
        }
        return root;
      };
    case "record_async":
      // Throws at once: a promise that the author does not await would hide the error.
      return (...args) => {
        native.record(path, text(args), here());
        return settled();
      };
    case "host_sync":
      return (...args) => perform(name, given(name, args));
    default:
      return (...args) => start(name, given(name, args)).promise;
  }
}

async function settled() {}

/** What a method takes, from TypeScript's `name: string, value?: any`. */
function parameters(text) {
  const wanted = plainList();
  if (!text) return wanted;
  const all = pieces(text, ", ");
  for (let at = 0; at < all.length; at += 1) {
    const parts = pieces(all[at], ": ");
    const label = parts[0];
    const optional = label[label.length - 1] === "?";
    wanted[at] = { place: optional ? beginning(label, label.length - 1) : label, type: parts[1], optional };
  }
  return wanted;
}

/** The JSON text of a recorded call's arguments, which must be what is `wanted`. */
function checked(name, wanted, args) {
  const key = wanted.length > 1 && typeof args[0] === "string" ? `${name}("${beginning(args[0], 80)}")` : name;
  let whole = "[";
  for (let at = 0; at < wanted.length || at < args.length; at += 1) {
    const { place, type, optional } = wanted[at] ?? { place: `argument ${at + 1}`, type: undefined, optional: true };
    whole += (at > 0 ? "," : "") + argument(`${key}: ${place}`, type, optional, args, at);
  }
  return `${whole}]`;
}

function argument(place, type, optional, args, at) {
  const value = args[at];
  if (optional && (value === undefined || value === null)) return "null";
  if (type === "string" && typeof value !== "string") {
    throw new BuiltinTypeError(`${place} must be a string, not ${kind(value)}`);
  }
  if (at >= args.length) throw new BuiltinTypeError(`${place} is missing`);
  return jsonText(value, place);
}

function kind(value) {
  if (value === null || value === undefined) return textOf(value);
  if (isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** The strings among the arguments, as JSON text. */
function strings(args) {
  const texts = plainList();
  for (let at = 0; at < args.length; at += 1) texts[at] = typeof args[at] === "string" ? args[at] : null;
  return list(texts);
}

/** Arguments for the host, which checks their shape; one that is not given is null there. */
function given(name, args) {
  let whole = "[";
  for (let at = 0; at < args.length; at += 1) {
    const text = args[at] === undefined ? "null" : jsonText(args[at], `${name}: argument ${at + 1}`);
    whole += (at > 0 ? "," : "") + text;
  }
  return `${whole}]`;
}
