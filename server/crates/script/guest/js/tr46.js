// What whatwg-url takes from the package of this name, whose tables would be tens of thousands of objects.
import { native } from "./native.js";

/** A host name in ASCII, or null. */
export function toASCII(name, { verifyDNSLength = false } = {}) {
  return native.hostToAscii(name, verifyDNSLength) ?? null;
}

/** A host name in Unicode. */
export function toUnicode(name) {
  return { domain: native.hostToUnicode(name), error: false };
}
