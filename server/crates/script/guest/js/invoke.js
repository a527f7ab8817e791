// One call: builds `api`, `Aerocall` and the arguments, and calls the exported function.
import { here, list, native } from "./native.js";
import { perform, start } from "./operations.js";

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
  for (const { path, behaviour } of methods) {
    const parts = path.split(".");
    const name = parts.pop();
    let object = root;
    for (const part of parts) {
      if (object[part] === undefined) objects.push((object[part] = {}));
      object = object[part];
    }
    object[name] = method(root, rootName, path, behaviour);
  }
  for (const object of objects) Object.freeze(object);
  return root;
}

function method(root, rootName, path, behaviour) {
  switch (behaviour) {
    case "record":
      return (...args) => {
        native.record(path, list(args), here());
        return root;
      };
    case "record_async":
      return async (...args) => {
        native.record(path, list(args), here());
      };
    case "host_sync":
      return (...args) => perform(`${rootName}.${path}`, args);
    default:
      return (...args) => start(`${rootName}.${path}`, args).promise;
  }
}
