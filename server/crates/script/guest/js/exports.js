// What a program exports, and CommonJS.
import { fault, list } from "./native.js";

/** Runs a CommonJS module and returns its exports as one object; a lone function is `default`. */
export function commonjs(body) {
  const module = { exports: {} };
  body.call(module.exports, module.exports, require, module);
  const exported = module.exports;
  if (typeof exported === "function") return Object.assign({ default: exported }, exported);
  return typeof exported === "object" && exported !== null ? exported : {};
}

/** Names of exported functions, as JSON; methods of exported plain objects are `object.method`. */
export function names(exported) {
  const found = [];
  for (const name of Object.keys(exported)) {
    const value = exported[name];
    if (typeof value === "function") found.push(name);
    else if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      for (const method of Object.keys(value)) {
        if (typeof value[method] === "function") found.push(`${name}.${method}`);
      }
    }
  }
  return list(found);
}

function require(name) {
  const known = String(name).replace(/^node:/, "");
  if (known === "crypto") return globalThis.crypto;
  const error = fault(
    `Cannot find module '${name}': hooks run without npm packages and other files; the only module is crypto`,
  );
  error.code = "MODULE_NOT_FOUND";
  throw error;
}
