// Everything that a hook finds at run time, in the form in which `check.mjs` lists what is declared.
exports.default = () => {
  const roots = [Object.prototype, Function.prototype];
  // Members that objects have of their own, not by their prototype.
  const samples = {
    AggregateError: new AggregateError([]),
    Array: [],
    CustomEvent: new CustomEvent("x"),
    Error: new Error("x", { cause: 1 }),
    Event: new Event("x"),
    Function: function () {},
    RegExp: /x/,
    String: Object("x"),
    SuppressedError: new SuppressedError(1, 2, "x"),
  };

  const nameOf = (key) => (typeof key === "symbol" ? `@@${key.description.replace("Symbol.", "")}` : key);
  const kindOf = ({ get, set, value }) => (get || set ? "accessor" : typeof value === "function" ? "method" : "value");

  /** Own and inherited members, up to the language's two roots. */
  const members = (value, found = {}) => {
    for (let object = value; object && (object === value || !roots.includes(object)); object = Object.getPrototypeOf(object)) {
      for (const key of Reflect.ownKeys(object)) {
        if (!Object.hasOwn(found, nameOf(key))) found[nameOf(key)] = kindOf(Object.getOwnPropertyDescriptor(object, key));
      }
    }
    return found;
  };

  const described = (name, value, depth) => {
    if (typeof value === "function") {
      const prototype = value.prototype ? members(value.prototype) : {};
      if (Object.hasOwn(samples, name)) members(samples[name], prototype);
      return { kind: value.prototype || name === "Proxy" ? "class" : "function", members: members(value), prototype };
    }
    if (typeof value !== "object" || value === null) return { kind: "value", members: {}, prototype: {} };
    const found = members(value);
    for (const member of Object.keys(found)) {
      if (depth > 0 && !member.startsWith("@@") && typeof value[member] === "object") {
        found[member] = described(member, value[member], depth - 1);
      }
    }
    return { kind: "value", members: found, prototype: {} };
  };

  const all = {};
  for (const key of Reflect.ownKeys(globalThis)) {
    const name = nameOf(key);
    if (name !== "globalThis" && name !== "undefined") all[name] = described(name, globalThis[key], 2);
  }
  // What a CommonJS module finds besides.
  for (const [name, value] of Object.entries({ exports, module, require })) all[name] = described(name, value, 0);
  return all;
};
