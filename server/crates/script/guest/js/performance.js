// The `performance` global: the clock of the call behind the interface of the web.
import { elapsed, origin } from "./clock.js";
import { EventTarget } from "./events.js";
import { expose } from "./idl.js";
import { define } from "./native.js";

const FROM_HERE = Symbol("made by the platform");

class Performance extends EventTarget {
  #brand = true;

  constructor() {
    if (arguments[0] !== FROM_HERE) throw new TypeError("Performance has no constructor: use performance");
    super();
  }

  now() {
    if (!(#brand in this)) throw new TypeError("expected the performance object");
    return elapsed("performance.now()");
  }

  get timeOrigin() {
    return this.#brand && origin();
  }

  toJSON() {
    if (!(#brand in this)) throw new TypeError("expected the performance object");
    return { timeOrigin: this.timeOrigin };
  }
}

export function installPerformance() {
  expose("Performance", Performance);
  define("performance", new Performance(FROM_HERE));
}
