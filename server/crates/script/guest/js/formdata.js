// `FormData`: names and values in their order.
import { File, isBlob } from "./blob.js";
import { complete, required, usvString } from "./idl.js";
import { iterable } from "./interfaces.js";

export class FormData {
  #entries = [];

  static {
    iterable(this, "FormData", (form) => form.#entries);
  }

  constructor(form = undefined) {
    if (form !== undefined) throw new TypeError("there are no HTML forms here: use new FormData() and append");
  }

  append(name, value, filename = undefined) {
    required(2, arguments, "append");
    this.#entries.push(entry(name, value, filename, arguments.length > 2));
  }

  delete(name) {
    required(1, arguments, "delete");
    const key = usvString(name);
    this.#entries = this.#entries.filter(([other]) => other !== key);
  }

  get(name) {
    required(1, arguments, "get");
    const key = usvString(name);
    return this.#entries.find(([other]) => other === key)?.[1] ?? null;
  }

  getAll(name) {
    required(1, arguments, "getAll");
    const key = usvString(name);
    return this.#entries.filter(([other]) => other === key).map(([, value]) => value);
  }

  has(name) {
    required(1, arguments, "has");
    const key = usvString(name);
    return this.#entries.some(([other]) => other === key);
  }

  set(name, value, filename = undefined) {
    required(2, arguments, "set");
    const fresh = entry(name, value, filename, arguments.length > 2);
    const at = this.#entries.findIndex(([other]) => other === fresh[0]);
    if (at < 0) {
      this.#entries.push(fresh);
      return;
    }
    this.#entries = this.#entries.filter(([other], index) => index === at || other !== fresh[0]);
    this.#entries[at] = fresh;
  }
}

complete("FormData", FormData);

function entry(name, value, filename, named) {
  const key = usvString(name);
  if (!isBlob(value)) {
    if (named) throw new TypeError("only a Blob or File can have a file name");
    return [key, usvString(value)];
  }
  if (value instanceof File && filename === undefined) return [key, value];
  const { type, lastModified } = value;
  return [key, new File([value], filename === undefined ? "blob" : usvString(filename), { type, lastModified })];
}
