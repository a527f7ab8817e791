// QuotaExceededError, the one exception of the web that is a class of its own.
import { dictionary, domString, expose } from "./idl.js";

export class QuotaExceededError extends DOMException {
  #quota;
  #requested;

  constructor(message = "", options = undefined) {
    super(domString(message), "QuotaExceededError");
    const { quota, requested } = dictionary(options, "the options of QuotaExceededError");
    this.#quota = amount(quota);
    this.#requested = amount(requested);
    if (this.#quota !== null && this.#requested !== null && this.#requested < this.#quota) {
      throw new RangeError("requested is less than the quota");
    }
  }

  get quota() {
    return this.#quota;
  }

  get requested() {
    return this.#requested;
  }
}

export function installExceptions() {
  expose("QuotaExceededError", QuotaExceededError);
}

function amount(given) {
  if (given === undefined) return null;
  const number = Number(given);
  if (!Number.isFinite(number)) throw new TypeError("quota and requested must be finite numbers");
  if (number < 0) throw new RangeError("quota and requested must not be negative");
  return number;
}
