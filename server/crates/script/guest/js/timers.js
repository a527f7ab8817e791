// setTimeout and setInterval: the host sleeps. Timers end with the run.
import { define } from "./native.js";
import { cancel, start } from "./operations.js";

const timers = Object.create(null);
let last = 0;

export function installTimers() {
  define("setTimeout", (callback, delay, ...args) => arm(callback, delay, args, false));
  define("setInterval", (callback, delay, ...args) => arm(callback, delay, args, true));
  define("clearTimeout", disarm);
  define("clearInterval", disarm);
}

/** Resolves after `delay` milliseconds; `stop` gives the ticket up. */
export function sleep(delay) {
  return start("$timer", [Math.max(0, Number(delay) || 0)], { timer: true });
}

function arm(callback, delay, args, again) {
  if (typeof callback !== "function") throw new TypeError("a timer needs a function to call");
  const id = (last += 1);
  const next = () => {
    const { promise, ticket } = sleep(again ? Math.max(1, Number(delay) || 0) : delay);
    timers[id] = ticket;
    promise.then(() => {
      if (timers[id] !== ticket) return;
      if (again) next();
      else delete timers[id];
      callback(...args);
    });
  };
  next();
  return id;
}

function disarm(id) {
  const ticket = timers[id];
  if (ticket === undefined) return;
  delete timers[id];
  cancel(ticket);
}
