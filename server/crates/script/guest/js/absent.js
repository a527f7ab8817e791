// What hooks cannot have, and what to use instead: said where an author meets its absence.
import { globals } from "../../platform/absent.json";
import { textOf } from "./native.js";

const hasOwn = Object.hasOwn;
const { call } = Function.prototype;
const exec = call.bind(RegExp.prototype.exec);
const ABSENT = /^'?([A-Za-z_$][\w$]*)'? is not defined$/;

/** ": use …" for the error of a name that is not there; else "". */
export function absentHint(error) {
  try {
    if (!(error instanceof ReferenceError)) return "";
    const found = exec(ABSENT, textOf(error.message));
    return found !== null && hasOwn(globals, found[1]) ? `: ${globals[found[1]]}` : "";
  } catch {
    return "";
  }
}
