// Starting a Node program as a child that never outlives us: used for Azurite, the simulator and the functions host.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

/** How a child is started. */
export interface ChildOptions {
  /** Path of the program, absolute. */
  readonly program: string;
  readonly arguments: readonly string[];
  /** Modules preloaded with `node -r`, absolute paths. */
  readonly preload?: readonly string[];
  /** Flags for Node itself, for example `--enable-source-maps`. */
  readonly nodeFlags?: readonly string[];
  /** The child's whole environment. Default: ours. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly workingDirectory?: string;
  /** What a line of the child's output is given to; `error` for standard error. */
  readonly onLine?: (line: string, stream: "output" | "error") => void;
}

/** A running child. */
export interface Child {
  readonly pid: number;
  /** Resolves when the child has ended: its exit code, or undefined when a signal ended it. Never rejects. */
  readonly exited: Promise<number | undefined>;
  /** Asks the child to end (SIGTERM), kills it when it has not within 10 s, and resolves when it is gone. */
  stop(): Promise<void>;
  /** Kills the child at once (SIGKILL), as a crash would. */
  kill(): Promise<void>;
}

/** Milliseconds that a child has to end after being asked to. */
const STOP_TIMEOUT = 10_000;
const PRELOADED = ["./stopWithParent.cjs", "./ownFilesOnly.cjs"].map((name) =>
  fileURLToPath(new URL(name, import.meta.url)),
);

/**
 * Starts a Node program on the Node that we run on. It gets a process group of its own, so that a Ctrl-C reaches us
 * alone and we decide in which order things stop; and an IPC channel, whose closing tells it that we are gone.
 * Throws when the process could not be created.
 */
export function startChild(options: ChildOptions): Child {
  const windows = process.platform === "win32";
  const preloads = [...PRELOADED, ...(options.preload ?? [])].flatMap((path) => ["-r", path]);
  const flags = ["--disable-warning=ExperimentalWarning", ...(options.nodeFlags ?? []), ...preloads];
  const child = spawn(process.execPath, [...flags, options.program, ...options.arguments], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: options.environment ?? process.env,
    detached: !windows,
    windowsHide: true,
    ...(options.workingDirectory === undefined ? {} : { cwd: options.workingDirectory }),
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${options.program} could not be started`);
  // Errors after the start (a signal or message that finds no process) show in `exited`.
  child.on("error", () => undefined);
  const outputs = [
    readLines(child.stdout, (line) => options.onLine?.(line, "output")),
    readLines(child.stderr, (line) => options.onLine?.(line, "error")),
  ];
  // Not the "close" event: it never comes after a `disconnect` from this side.
  const ended = new Promise<number | undefined>((resolve) => {
    child.on("exit", (code) => resolve(code ?? undefined));
  });
  const exited = ended.then(async (code) => {
    await Promise.all(outputs);
    return code;
  });
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return {
    pid,
    exited,
    async stop() {
      // Closing the channel is what `stopWithParent` takes as the request; Windows has no SIGTERM to catch.
      if (isRunning() && child.connected) child.disconnect();
      else if (isRunning()) child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT);
      await exited;
      clearTimeout(timer);
    },
    async kill() {
      if (isRunning()) child.kill("SIGKILL");
      await exited;
    },
  };
}

/** Gives each line to `onLine`; resolves at the end of the stream. */
function readLines(stream: Readable | null, onLine: (line: string) => void): Promise<void> {
  if (stream === null) return Promise.resolve();
  return new Promise((resolve) => {
    createInterface(stream).on("line", onLine).on("close", resolve);
  });
}
