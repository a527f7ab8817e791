// One call: builds `api`, `Aerocall` and the arguments, and calls the exported function.
import { here, hide, list, native } from "./native.js";
import { perform, start } from "./operations.js";
import { jsonText } from "./values.js";

/** Calls the function; returns its value or promise. */
export function invoke(exported, call) {
  const { event, context, payload } = call;
  const api = build("api", call.api);
  const Aerocall = build("Aerocall", call.sdk);
  Object.defineProperty(globalThis, "Aerocall", { value: Aerocall, writable: false, configurable: true });
  const bag = Object.freeze({ event, api, context, payload, Aerocall });
  const [owner, handler] = find(exported, call.handler);
  const args = [];
  for (const argument of call.arguments) {
    if (argument === "event") args.push(event);
    else if (argument === "api") args.push(api);
    else if (argument === "bag") args.push(bag);
    else if (argument === "auto") args.push(...(handler.length >= 2 ? [event, api] : [single(event, bag)]));
    else args.push(at(event, argument.path));
  }
  return handler.apply(owner, args);
}

/** The one argument of a function that may mean the bag or the event: the bag, with the event's own fields in it. */
function single(event, bag) {
  return Object.freeze({ ...event, ...bag });
}

function find(exported, name) {
  let owner;
  let value = exported;
  for (const part of name.split(".")) {
    owner = value;
    value = value?.[part];
  }
  if (typeof value !== "function") throw new TypeError(`the hook exports no function '${name}'`);
  return [owner === exported ? undefined : owner, value];
}

function at(value, path) {
  for (const part of path.split(".")) value = value?.[part];
  return value;
}

// `api.cache.get` and `Aerocall.cache.get` are different operations: the host gets the root's name too.
function build(rootName, methods) {
  const root = {};
  const objects = [root];
  for (const { path, behaviour, params } of methods) {
    const parts = path.split(".");
    const name = parts.pop();
    let object = root;
    for (const part of parts) {
      if (object[part] === undefined) objects.push((object[part] = {}));
      object = object[part];
    }
    object[name] = method(root, `${rootName}.${path}`, path, behaviour, params);
  }
  // `return api.access.deny(…)` returns nothing.
  hide(root, "toJSON", nothing);
  for (const object of objects) Object.freeze(object);
  return root;
}

function nothing() {}

function method(root, name, path, behaviour, params) {
  switch (behaviour) {
    case "record":
      return (...args) => {
        native.record(path, checked(name, params, args), here());
        return root;
      };
    case "record_always":
      return (...args) => {
        try {
          native.record(path, checked(name, params, args), here());
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
        native.record(path, checked(name, params, args), here());
        return settled();
      };
    case "host_sync":
      return (...args) => perform(name, given(name, args));
    default:
      return (...args) => start(name, given(name, args)).promise;
  }
}

async function settled() {}

/** The JSON text of a recorded call's arguments, which must fit `params`: TypeScript's `name: string, value?: any`. */
function checked(name, params, args) {
  const wanted = params ? params.split(", ") : [];
  const key = wanted.length > 1 && typeof args[0] === "string" ? `${name}("${args[0].slice(0, 80)}")` : name;
  let whole = "[";
  for (let at = 0; at < Math.max(wanted.length, args.length); at += 1) {
    const [label, type] = wanted[at]?.split(": ") ?? [`argument ${at + 1}?`];
    whole += (at > 0 ? "," : "") + argument(`${key}: ${label}`, type, args, at);
  }
  return `${whole}]`;
}

function argument(label, type, args, at) {
  const value = args[at];
  const optional = label.endsWith("?");
  const place = optional ? label.slice(0, -1) : label;
  if (optional && (value === undefined || value === null)) return "null";
  if (type === "string" && typeof value !== "string") {
    throw new TypeError(`${place} must be a string, not ${kind(value)}`);
  }
  if (at >= args.length) throw new TypeError(`${place} is missing`);
  return jsonText(value, place);
}

function kind(value) {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** The strings among the arguments, as JSON text. */
function strings(args) {
  return list(args.map((value) => (typeof value === "string" ? value : null)));
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
