// TextEncoderStream and TextDecoderStream.
import { domString, expose } from "./idl.js";
import { native } from "./native.js";
import { TransformStream } from "./streams.js";
import { bufferBytes, TextDecoder } from "./text.js";

export function installTextStreams() {
  expose("TextDecoderStream", TextDecoderStream);
  expose("TextEncoderStream", TextEncoderStream);
}

class TextDecoderStream {
  #decoder;
  #transform;

  constructor(label = "utf-8", options = undefined) {
    const decoder = new TextDecoder(label, options);
    const give = (text, controller) => text !== "" && controller.enqueue(text);
    this.#decoder = decoder;
    this.#transform = new TransformStream({
      transform: (chunk, controller) => give(decoder.decode(bufferBytes(chunk), { stream: true }), controller),
      flush: (controller) => give(decoder.decode(), controller),
    });
  }

  get encoding() {
    return this.#decoder.encoding;
  }

  get fatal() {
    return this.#decoder.fatal;
  }

  get ignoreBOM() {
    return this.#decoder.ignoreBOM;
  }

  get readable() {
    return this.#transform.readable;
  }

  get writable() {
    return this.#transform.writable;
  }
}

class TextEncoderStream {
  #transform;

  constructor() {
    // The first half of a pair of surrogates, whose second half may come with the next chunk.
    let pending = "";
    this.#transform = new TransformStream({
      transform: (chunk, controller) => {
        let text = pending + domString(chunk);
        const last = text.charCodeAt(text.length - 1);
        pending = (last & 0xfc00) === 0xd800 ? text.slice(-1) : "";
        if (pending !== "") text = text.slice(0, -1);
        if (text !== "") controller.enqueue(native.encode(text.toWellFormed()));
      },
      flush: (controller) => {
        if (pending !== "") controller.enqueue(native.encode("\ufffd"));
      },
    });
  }

  get encoding() {
    return this.#transform && "utf-8";
  }

  get readable() {
    return this.#transform.readable;
  }

  get writable() {
    return this.#transform.writable;
  }
}
