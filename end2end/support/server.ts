// A server of its own for tests: the built binary on a free port, with its data in a temporary folder.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

/** How long a server may take until it is ready. */
const START_MS = 30_000;

export interface Admin {
  email: string;
  password: string;
}

/** A server that answers. */
export class Server {
  private constructor(
    /** Its base address. */
    readonly url: string,
    /** What it printed so far. */
    private readonly printed: string[],
    private readonly child: ChildProcess,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Starts a server called `name` (its folder and its log), with an administrator or without. */
  static async start(name: string, admin?: Admin): Promise<Server> {
    const base = required("E2E_DIR");
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const data = join(base, name);
    await mkdir(data, { recursive: true });
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      HOOKWRIGHT_DATA_DIR: data,
      HOOKWRIGHT_LISTEN: `127.0.0.1:${port}`,
      HOOKWRIGHT_BASE_URL: url,
      // Nothing here is worth guarding, and the machine has little to spare.
      HOOKWRIGHT_AUTH_ARGON2_MEMORY_KIB: "1024",
      HOOKWRIGHT_AUTH_ARGON2_ITERATIONS: "1",
    };
    if (admin) {
      env.HOOKWRIGHT_ADMIN_EMAIL = admin.email;
      env.HOOKWRIGHT_ADMIN_PASSWORD = admin.password;
    }
    const child = spawn(required("E2E_BIN"), ["serve"], { env, cwd: data, stdio: ["ignore", "pipe", "pipe"] });
    const log = createWriteStream(join(base, `${name}.log`));
    const printed: string[] = [];
    child.stdout?.on("data", (chunk: Buffer) => {
      printed.push(chunk.toString());
      log.write(chunk);
    });
    child.stderr?.on("data", (chunk: Buffer) => log.write(chunk));
    child.once("exit", (code, signal) => log.end(`[the server ended: ${signal ?? code}]\n`));
    const server = new Server(url, printed, child, env);
    await server.ready();
    return server;
  }

  /** Everything it printed to its standard output. */
  output(): string {
    return this.printed.join("");
  }

  /** Runs another command of the binary on the same data, and gives what it prints. */
  async command(...args: string[]): Promise<string> {
    // The administrator of the environment is for the server alone.
    const { stdout } = await promisify(execFile)(required("E2E_BIN"), args, { env: this.env });
    return stdout.trim();
  }

  /** Asks it to end and waits until it has. */
  async stop(): Promise<void> {
    if (this.ended()) return;
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await ended;
  }

  /** How it ended; nothing while it runs. */
  private ended(): string | undefined {
    const { exitCode, signalCode } = this.child;
    if (signalCode) return `signal ${signalCode}`;
    return exitCode === null ? undefined : `status ${exitCode}`;
  }

  private async ready(): Promise<void> {
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      if (this.ended()) throw new Error(`the server ended: ${this.ended()}`);
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      // The welcome is printed after the listener is open; this is its last line.
      if (answer?.ok && this.output().includes("API reference")) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await this.stop();
    throw new Error(`the server was not ready after ${START_MS / 1000} s`);
  }
}

/** A variable that `run.sh` sets. */
export function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the tests with end2end/run.sh`);
  return value;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}
