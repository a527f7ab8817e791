// `createHash` and `createHmac` of Node's module: collects, then computes at once.
import { HASHES, notSupported } from "./algorithms.js";
import { native } from "./native.js";
import { Octets, decode, encode } from "./octets.js";
import { bytesOf } from "./text.js";

export class Hash {
  #algorithm;
  #key;
  #parts = [];
  #done = false;

  constructor(name, key) {
    const spelled = `${name}`.toUpperCase().replace(/^RSA-/, "").replace(/^SHA-?/, "SHA-");
    this.#algorithm = HASHES.indexOf(spelled);
    if (this.#algorithm < 0) throw notSupported(`the hash ${name}`, "there are sha1, sha256, sha384 and sha512");
    this.#key = key;
  }

  update(data, encoding = "utf8") {
    this.#open();
    this.#parts.push(typeof data === "string" ? decode(data, encoding) : bytesOf(data).slice());
    return this;
  }

  digest(encoding) {
    this.#open();
    this.#done = true;
    const whole = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let offset = 0;
    for (const part of this.#parts) {
      whole.set(part, offset);
      offset += part.length;
    }
    const result = this.#key ? native.hmac(this.#algorithm, this.#key, whole) : native.hash(this.#algorithm, whole);
    return encoding === undefined || encoding === "buffer" ? Octets.from(result) : encode(result, encoding);
  }

  #open() {
    if (this.#done) throw new Error("the digest was computed already: make a new hash");
  }
}
