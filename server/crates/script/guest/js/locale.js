// Functions that take a locale: there are no locale data, so a locale is refused rather than ignored.
const { defineProperty, getPrototypeOf } = Object;
const { apply } = Reflect;
const BuiltinTypeError = TypeError;
const DATE = "toISOString() and the get… methods give the parts to put together";
const NUMBER = "toFixed() and toString() format numbers";

export function installLocale() {
  refuse(Date.prototype, "toLocaleString", 0, DATE);
  refuse(Date.prototype, "toLocaleDateString", 0, DATE);
  refuse(Date.prototype, "toLocaleTimeString", 0, DATE);
  refuse(Number.prototype, "toLocaleString", 0, NUMBER);
  refuse(BigInt.prototype, "toLocaleString", 0, NUMBER);
  refuse(Array.prototype, "toLocaleString", 0, "map() the items to text and join() them");
  refuse(getPrototypeOf(Uint8Array.prototype), "toLocaleString", 0, "map() the items to text and join() them");
  refuse(String.prototype, "localeCompare", 1, "without one it compares by code points, as < does");
  refuse(String.prototype, "toLocaleLowerCase", 0, "toLowerCase() follows Unicode");
  refuse(String.prototype, "toLocaleUpperCase", 0, "toUpperCase() follows Unicode");
}

/** Makes a method throw when it is given a locale or options of formatting. */
function refuse(prototype, name, before, instead) {
  const builtin = prototype[name];
  if (typeof builtin !== "function") return;
  const method = {
    [name](...args) {
      for (let at = before; at < args.length; at += 1) {
        if (args[at] !== undefined) {
          throw new BuiltinTypeError(`${name} takes no locale or options here, because hooks have no locale data: ${instead}`);
        }
      }
      return apply(builtin, this, args);
    },
  }[name];
  defineProperty(method, "length", { value: builtin.length, configurable: true });
  defineProperty(prototype, name, { value: method, writable: true, configurable: true, enumerable: false });
}
