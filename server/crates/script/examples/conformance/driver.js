// The program that the runner loads into the sandbox. Each call gets the scripts of one test as text, evaluates them as
// global scripts in a fresh instance, and returns what they reported.
const evaluate = eval;
const { setTimeout, fetch, Promise, Response, Request, URL, Uint8Array, atob } = globalThis;
const MOST_MESSAGE = 300;

/** One file of the web platform tests: `{ address, scripts, seconds }` gives `{ harness, tests }`. */
export async function wpt({ address, scripts, seconds }) {
  surroundings(address);
  let finish;
  const finished = new Promise((resolve) => (finish = resolve));
  const [harness, ...rest] = scripts;
  evaluate(harness);
  globalThis.add_completion_callback((tests, status) => {
    finish({
      harness: status.status === 0 ? "" : short(status.message ?? "the harness failed"),
      tests: tests.map((test) => [String(test.name), test.status, short(test.message ?? "")]),
    });
  });
  workerGlobal();
  try {
    // Together, because what a script declares with `const` or `class` is not there for the next evaluation.
    evaluate(`;${rest.join("\n;\n")}`);
  } catch (error) {
    return { harness: short(`${error?.name}: ${error?.message}`), tests: [] };
  }
  setTimeout(() => globalThis.timeout(), seconds * 1000);
  return finished;
}

/** One mode of one file of test262; returns "" or what was thrown, as `[name, message]`. */
export async function test262({ harness, source, isAsync }) {
  let done;
  const printed = new Promise((resolve) => (done = resolve));
  globalThis.print = (text) => {
    if (String(text) === "Test262:AsyncTestComplete") done("");
    else if (String(text).startsWith("Test262:AsyncTestFailure:")) done(String(text).slice(25));
  };
  globalThis.$262 = {
    global: globalThis,
    evalScript: (text) => evaluate(text),
    detachArrayBuffer: (buffer) => void buffer.transfer(),
    gc() {},
  };
  try {
    // What a script declares with `const` or `let` is not there for the next evaluation.
    for (const script of harness) evaluate(script.replace(/^(?:const|let) /gm, "var "));
    evaluate(source);
  } catch (error) {
    return [nameOf(error), short(error?.message ?? error)];
  }
  if (!isAsync) return "";
  setTimeout(() => done("not done in time"), 10_000);
  const failure = await printed;
  return failure ? [failure.split(":")[0], short(failure)] : "";
}

function nameOf(error) {
  return String(error?.constructor?.name ?? error?.name ?? "a value");
}

function short(text) {
  return String(text).slice(0, MOST_MESSAGE).toWellFormed();
}

/** What a page or worker has and a hook has not, as far as the tests ask for it. */
function surroundings(address) {
  const url = new URL(address);
  const location = { href: address, origin: url.origin, protocol: url.protocol, host: url.host, hostname: url.hostname };
  Object.assign(location, { port: url.port, pathname: url.pathname, search: url.search, hash: "", toString: () => address });
  hide("self", globalThis);
  hide("location", location);
  hide("isSecureContext", url.protocol === "https:");
  hide("GLOBAL", { isWindow: () => false, isWorker: () => true, isShadowRealm: () => false });
  const absolute = (input) => (typeof input === "string" || input instanceof URL ? new URL(input, address).href : input);
  // Hooks have no address to resolve against, so relative ones are resolved here; files of the checkout come from it.
  hide("fetch", (input, init) => {
    const full = absolute(input);
    return typeof full === "string" && full.startsWith(url.origin) && !init ? file(full) : fetch(full, init);
  });
  if (Request) {
    hide(
      "Request",
      new Proxy(Request, {
        construct: (target, [input, ...rest], made) => Reflect.construct(target, [absolute(input), ...rest], made),
      }),
    );
  }
}

async function file(address) {
  const found = await Aerocall.file(new URL(address).pathname);
  const bytes = Uint8Array.from(atob(found.base64), (character) => character.charCodeAt(0));
  return new Response(found.text ?? bytes, { status: found.status });
}

/** After the harness has looked around: an interface description asks which kind of global this is. */
function workerGlobal() {
  const isGlobal = (value) => value === globalThis;
  class WorkerGlobalScope {
    static [Symbol.hasInstance](value) {
      return isGlobal(value);
    }
  }
  class DedicatedWorkerGlobalScope extends WorkerGlobalScope {}
  hide("WorkerGlobalScope", WorkerGlobalScope);
  hide("DedicatedWorkerGlobalScope", DedicatedWorkerGlobalScope);
}

function hide(name, value) {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
}
