// The streams standard, for bodies that are read or written in parts.
import * as standard from "web-streams-polyfill";

import { define } from "./native.js";
import { platform } from "./platform.js";

export const { ReadableByteStreamController, ReadableStream, TransformStream } = standard;

export function installStreams() {
  for (const name of Object.keys(standard)) define(name, standard[name]);
}

/** Whether something has been read from a stream, or it was cancelled. */
export function disturbed(stream) {
  return stream._disturbed;
}

/** Two streams of the same content, whose chunks share no memory. */
export function teed(stream) {
  const [own, other] = stream.tee();
  // The standard's tee copies the chunks of a stream of bytes, but not those of other streams.
  if (stream._readableStreamController instanceof ReadableByteStreamController) return [own, other];
  const copy = {
    transform(chunk, controller) {
      controller.enqueue(platform.structuredClone(chunk));
    },
  };
  return [own, other.pipeThrough(new TransformStream(copy, undefined, { highWaterMark: 0 }))];
}

/** A stream of bytes that are already there. */
export function streamOf(bytes) {
  let left = bytes;
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      if (left !== undefined && left.length > 0) controller.enqueue(left.slice());
      left = undefined;
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel() {
      left = undefined;
    },
  }, { highWaterMark: 0 });
}

/** A stream that has been read to its end. */
export function spentStream() {
  const stream = new ReadableStream({ type: "bytes" });
  stream.getReader().cancel();
  return stream;
}

/** All bytes of a stream. */
export async function bytesOfStream(stream) {
  const reader = stream.getReader();
  const parts = [];
  let size = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    if (!(value instanceof Uint8Array)) {
      const error = new TypeError("a body's stream must give Uint8Arrays: use new TextEncoder().encode(text)");
      reader.cancel(error).catch(() => {});
      throw error;
    }
    parts.push(value);
    size += value.length;
  }
  return joined(parts, size);
}

/** Several arrays of bytes as one. */
export function joined(parts, size) {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
