// URL and URLSearchParams: the reference implementation of the standard; the names of hosts are native.
import "./text.js";
import { URL, URLSearchParams } from "whatwg-url";
import { adopt } from "./idl.js";
import { define } from "./native.js";

export function installUrl() {
  adopt("URL", URL);
  adopt("URLSearchParams", URLSearchParams);
  define("URL", URL);
  define("URLSearchParams", URLSearchParams);
}
