// setTimeout, setInterval and queueMicrotask: the host sleeps until the next timer is due. Timers end with the run.
import { mark } from "./clock.js";
import { logAt, reportThrown } from "./console.js";
import { define, here, native } from "./native.js";
import { cancel, start } from "./operations.js";

const enqueue = queueMicrotask;
const MOST = 1000;
/** Timers that wait, the next one first. */
const waiting = [];
let last = 0;
/** The host's sleep until the first one is due. */
let sleeping = null;

export function installTimers() {
  define("setTimeout", setTimeout);
  define("setInterval", setInterval);
  define("clearTimeout", (id) => disarm(id));
  define("clearInterval", (id) => disarm(id));
  define("queueMicrotask", queueMicrotaskOf);
  for (const [name, length] of [["clearTimeout", 0], ["clearInterval", 0], ["queueMicrotask", 1]]) {
    Object.defineProperty(globalThis[name], "name", { value: name, configurable: true });
    Object.defineProperty(globalThis[name], "length", { value: length, configurable: true });
  }
}

function setTimeout(callback, delay = 0, ...args) {
  return arm("setTimeout", callback, delay, args, false);
}

function setInterval(callback, delay = 0, ...args) {
  return arm("setInterval", callback, delay, args, true);
}

function queueMicrotaskOf(callback) {
  if (typeof callback !== "function") throw new TypeError("queueMicrotask needs a function to call");
  enqueue(() => {
    try {
      callback();
    } catch (error) {
      reportThrown(error);
    }
  });
}

/** Resolves after `delay` milliseconds; the ticket gives it up. `name` is what the code has called. */
export function sleep(delay, name) {
  refuseWhileLoading(name);
  return start("$timer", [delay], { timer: true });
}

function arm(name, callback, delay, args, again) {
  if (typeof callback !== "function") {
    throw new TypeError(`${name} needs a function to call; hooks do not run text as code`);
  }
  refuseWhileLoading(name);
  if (waiting.length >= MOST) throw new RangeError(`at most ${MOST} timers can wait at the same time`);
  // The web takes a 32-bit number.
  const milliseconds = Math.max(0, delay | 0);
  const timer = { id: (last += 1), name, callback, args, milliseconds, again, at: 0, from: here() };
  insert(timer);
  wake();
  return timer.id;
}

function refuseWhileLoading(name) {
  if (native.loading()) throw new TypeError(`${name} is not available while the hook is loading: call it inside the handler`);
}

function insert(timer) {
  timer.at = mark() + timer.milliseconds;
  let place = waiting.length;
  while (place > 0 && waiting[place - 1].at > timer.at) place -= 1;
  waiting.splice(place, 0, timer);
}

/** Makes the host sleep until the first timer is due. */
function wake() {
  const [first] = waiting;
  if (sleeping !== null && first !== undefined && sleeping.at <= first.at) return;
  if (sleeping !== null) cancel(sleeping.ticket);
  sleeping = null;
  if (first === undefined) return;
  const { promise, ticket } = sleep(Math.max(0, first.at - mark()), first.name);
  const mine = { ticket, at: first.at };
  sleeping = mine;
  promise.then(() => {
    if (sleeping !== mine) return;
    sleeping = null;
    run();
  });
}

/** Runs the first timer if it is due; the next one has a turn of its own. */
function run() {
  const [timer] = waiting;
  if (timer !== undefined && timer.at <= mark() + 0.5) {
    waiting.shift();
    if (timer.again) {
      timer.milliseconds = Math.max(1, timer.milliseconds);
      insert(timer);
    }
    try {
      Reflect.apply(timer.callback, globalThis, timer.args);
    } catch (error) {
      reportThrown(error);
    }
  }
  wake();
}

function disarm(id) {
  const wanted = id | 0;
  const at = waiting.findIndex((timer) => timer.id === wanted);
  if (at < 0) return;
  waiting.splice(at, 1);
  wake();
}

/** Tells of timers that end with the run. */
export function reportTimers() {
  if (waiting.length === 0) return;
  const many = waiting.length > 1;
  logAt(
    3,
    `${waiting.length} timer${many ? "s were" : " was"} still waiting when the handler returned and will not run: ` +
      "await what the handler starts, or clear its timers",
    waiting[0].from,
  );
}
