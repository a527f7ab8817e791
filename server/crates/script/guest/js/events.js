// Event, CustomEvent and EventTarget.
import { mark } from "./clock.js";
import { reportThrown } from "./console.js";
import { dictionary, domString, expose, required } from "./idl.js";

const { defineProperty } = Object;
const { apply } = Reflect;
const PHASES = { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 };

export function installEvents() {
  expose("Event", Event, PHASES);
  expose("CustomEvent", CustomEvent);
  expose("EventTarget", EventTarget);
}

/** Milliseconds of the clock; 0 while the program is loading, when there is none. */
function timeStamp() {
  try {
    return mark();
  } catch {
    return 0;
  }
}

let dispatch;
let makeTrusted;

export class Event {
  #type;
  #bubbles;
  #cancelable;
  #composed;
  #trusted = false;
  #initialized = true;
  #target = null;
  #current = null;
  #phase = PHASES.NONE;
  #dispatching = false;
  #stopped = false;
  #stoppedAtOnce = false;
  #canceled = false;
  #passive = false;
  #made = timeStamp();

  constructor(type, init = undefined) {
    required(1, arguments, "Event");
    this.#type = domString(type);
    const { bubbles, cancelable, composed } = dictionary(init, "the options of an event");
    this.#bubbles = Boolean(bubbles);
    this.#cancelable = Boolean(cancelable);
    this.#composed = Boolean(composed);
    defineProperty(this, "isTrusted", { get: Event.#isTrusted, enumerable: true });
  }

  // The web has this one property on each event instead of on the prototype.
  static #isTrusted = Object.getOwnPropertyDescriptor(
    {
      get isTrusted() {
        return this.#trusted;
      },
    },
    "isTrusted",
  ).get;

  static {
    makeTrusted = (event) => {
      event.#trusted = true;
      return event;
    };
    dispatch = (event, target, listeners) => {
      event.#dispatching = true;
      event.#target = target;
      event.#phase = PHASES.AT_TARGET;
      event.#current = target;
      for (const capture of [true, false]) {
        // Listeners that are added during dispatch do not count; removed ones are marked.
        for (const listener of event.#stopped ? [] : [...listeners]) {
          if (listener.removed || listener.type !== event.#type || listener.capture !== capture) continue;
          if (listener.once) listener.remove();
          event.#passive = listener.passive;
          try {
            notify(listener.callback, target, event);
          } catch (error) {
            reportThrown(error);
          }
          event.#passive = false;
          if (event.#stoppedAtOnce) break;
        }
      }
      event.#phase = PHASES.NONE;
      event.#current = null;
      event.#dispatching = false;
      event.#stopped = false;
      event.#stoppedAtOnce = false;
      return !event.#canceled;
    };
  }

  /** Whether it can be dispatched now; a dispatched event of the platform is the code's own from then on. */
  static ready(event) {
    if (!(#type in event)) throw new TypeError("expected an Event");
    if (event.#dispatching || !event.#initialized) {
      throw new DOMException("the event is being dispatched already", "InvalidStateError");
    }
    event.#trusted = false;
  }

  get type() {
    return this.#type;
  }

  get target() {
    return this.#target;
  }

  get srcElement() {
    return this.#target;
  }

  get currentTarget() {
    return this.#current;
  }

  composedPath() {
    return this.#current === null ? [] : [this.#current];
  }

  get eventPhase() {
    return this.#phase;
  }

  stopPropagation() {
    this.#stopped = true;
  }

  get cancelBubble() {
    return this.#stopped;
  }

  set cancelBubble(value) {
    if (value) this.#stopped = true;
  }

  stopImmediatePropagation() {
    this.#stopped = true;
    this.#stoppedAtOnce = true;
  }

  get bubbles() {
    return this.#bubbles;
  }

  get cancelable() {
    return this.#cancelable;
  }

  get returnValue() {
    return !this.#canceled;
  }

  set returnValue(value) {
    if (!value) this.preventDefault();
  }

  preventDefault() {
    if (this.#cancelable && !this.#passive) this.#canceled = true;
  }

  get defaultPrevented() {
    return this.#canceled;
  }

  get composed() {
    return this.#composed;
  }

  get timeStamp() {
    return this.#made;
  }

  initEvent(type, bubbles = false, cancelable = false) {
    required(1, arguments, "initEvent");
    if (this.#dispatching) return;
    this.#type = domString(type);
    this.#bubbles = Boolean(bubbles);
    this.#cancelable = Boolean(cancelable);
    this.#trusted = false;
    this.#target = null;
    this.#stopped = false;
    this.#stoppedAtOnce = false;
    this.#canceled = false;
  }
}

const ready = Event.ready;
delete Event.ready;

class CustomEvent extends Event {
  #detail = null;

  constructor(type, init = undefined) {
    required(1, arguments, "CustomEvent");
    super(type, init);
    const { detail } = dictionary(init, "the options of an event");
    if (detail !== undefined) this.#detail = detail;
  }

  get detail() {
    return this.#detail;
  }

  initCustomEvent(type, bubbles = false, cancelable = false, detail = null) {
    required(1, arguments, "initCustomEvent");
    if (this.eventPhase !== PHASES.NONE) return;
    this.initEvent(type, bubbles, cancelable);
    this.#detail = detail;
  }
}

function notify(callback, target, event) {
  if (typeof callback === "function") return apply(callback, target, [event]);
  const { handleEvent } = callback;
  if (typeof handleEvent !== "function") throw new TypeError("an event listener has no handleEvent method");
  return apply(handleEvent, callback, [event]);
}

let listenersOf;

export class EventTarget {
  #listeners = [];
  #handlers;

  static {
    listenersOf = (target) => target.#listeners;
    handlersOf = (target) => (target.#handlers ??= Object.create(null));
  }

  addEventListener(type, callback, options = undefined) {
    required(2, arguments, "addEventListener");
    const { capture, once, passive, signal } = flags(options);
    const listener = { type: domString(type), callback: callable(callback), capture, once, passive, removed: false };
    if (signal !== undefined && !(signal instanceof globalThis.AbortSignal)) {
      throw new TypeError("the signal must be an AbortSignal");
    }
    const listeners = this.#listeners;
    if (listener.callback === null || signal?.aborted || this.#find(listener) >= 0) return;
    listener.remove = () => {
      listener.removed = true;
      const at = listeners.indexOf(listener);
      if (at >= 0) listeners.splice(at, 1);
    };
    listeners.push(listener);
    signal?.addEventListener("abort", listener.remove, { once: true });
  }

  removeEventListener(type, callback, options = undefined) {
    required(2, arguments, "removeEventListener");
    const capture = typeof options === "object" && options !== null ? Boolean(options.capture) : Boolean(options);
    const at = this.#find({ type: domString(type), callback: callable(callback), capture });
    if (at >= 0) this.#listeners[at].remove();
  }

  dispatchEvent(event) {
    required(1, arguments, "dispatchEvent");
    if (typeof event !== "object" || event === null) throw new TypeError("expected an Event");
    const listeners = this.#listeners;
    ready(event);
    return dispatch(event, this, listeners);
  }

  #find({ type, callback, capture }) {
    return this.#listeners.findIndex(
      (known) => known.type === type && known.callback === callback && known.capture === capture,
    );
  }
}

let handlersOf;

function flags(options) {
  if (typeof options === "boolean") return { capture: options, once: false, passive: false };
  if ((typeof options !== "object" && typeof options !== "function") || options === null) {
    return { capture: Boolean(options), once: false, passive: false };
  }
  const { capture, once, passive, signal } = options;
  return { capture: Boolean(capture), once: Boolean(once), passive: Boolean(passive), signal };
}

function callable(callback) {
  if (callback === null || callback === undefined) return null;
  if (typeof callback !== "function" && typeof callback !== "object") {
    throw new TypeError("an event listener is a function or an object with a handleEvent method");
  }
  return callback;
}

/** Dispatches an event of the platform's own. */
export function fire(target, type) {
  dispatch(makeTrusted(new Event(type)), target, listenersOf(target));
}

/** Gives a class an `on…` attribute: one listener, called in the order in which it was first set. */
export function handlerAttribute(Class, type) {
  const name = `on${type}`;
  const attribute = {
    get [name]() {
      return handlersOf(this)[type]?.value ?? null;
    },
    set [name](value) {
      const handlers = handlersOf(this);
      const given = typeof value === "function" || (typeof value === "object" && value !== null) ? value : null;
      const known = handlers[type];
      if (given === null) {
        delete handlers[type];
        known?.remove();
      } else if (known) {
        known.value = given;
      } else {
        const handler = { value: given };
        const callback = (event) => (typeof handler.value === "function" ? apply(handler.value, this, [event]) : undefined);
        const listeners = listenersOf(this);
        const listener = { type, callback, capture: false, once: false, passive: false, removed: false };
        listener.remove = handler.remove = () => {
          listener.removed = true;
          const at = listeners.indexOf(listener);
          if (at >= 0) listeners.splice(at, 1);
        };
        listeners.push(listener);
        handlers[type] = handler;
      }
    },
  };
  defineProperty(Class.prototype, name, { ...Object.getOwnPropertyDescriptor(attribute, name), enumerable: true });
}
