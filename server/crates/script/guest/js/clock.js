// What differs from one call to the next: `Date`, `Math.random` and the clock behind `performance`. Code may take
// references to them at its top level, but not ask them.
import { define, hide, native } from "./native.js";
import { endLoading, isLoading, refuseWhileLoading } from "./loading.js";

const NativeDate = Date;
const nativeNow = Date.now;
const { construct } = Reflect;
const nativePerformance = performance;
const sinceImage = nativePerformance.now.bind(nativePerformance);
// When the call began, in milliseconds since the base image was made, and that moment on the clock.
let began = 0;
let imageMade = 0;

export function installClock() {
  imageMade = nativePerformance.timeOrigin;
  define("Date", clockedDate());
  const { random } = {
    random() {
      refuseWhileLoading("Math.random()");
      return native.random();
    },
  };
  hide(Math, "random", random);
}

/** The top level has been evaluated; a call begins now. */
export function beginCall() {
  endLoading();
  began = sinceImage();
}

/** `Date`, which is the built-in one in everything but that it does not tell the time while the hook is loading. */
function clockedDate() {
  const clocked = new Proxy(NativeDate, {
    apply(target) {
      refuseWhileLoading("Date()");
      return target();
    },
    construct(target, args, newTarget) {
      if (args.length === 0) refuseWhileLoading("new Date()");
      return construct(target, args, newTarget);
    },
  });
  const { now } = {
    now() {
      refuseWhileLoading("Date.now()");
      return nativeNow();
    },
  };
  hide(NativeDate, "now", now);
  hide(NativeDate.prototype, "constructor", clocked);
  return clocked;
}

/** Milliseconds since the call began; `what` names who asks while the hook is loading. */
export function elapsed(what) {
  refuseWhileLoading(what);
  return sinceImage() - began;
}

/** Milliseconds since the call began, 0 while the hook is loading: for marks that nothing is decided by. */
export function mark() {
  return isLoading() ? 0 : sinceImage() - began;
}

/** The moment at which the call began, in milliseconds since 1970. */
export function origin() {
  refuseWhileLoading("performance.timeOrigin");
  return imageMade + began;
}

/** The moment in milliseconds since 1970; `what` names who asks while the hook is loading. */
export function currentTime(what) {
  refuseWhileLoading(what);
  return nativeNow();
}
