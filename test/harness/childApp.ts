// Handles one message in a process of its own, which can die at any step.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { build } from "../../scripts/build.ts";
import type { HostedMessage } from "./queueHost.ts";

export interface ChildWork {
  readonly settings: Readonly<Record<string, string>>;
  /** The time, which stands still for the child. */
  readonly now: number;
  readonly message: HostedMessage;
  /** How large the child's heap may grow; so little by default, which is enough whatever a message brings. */
  readonly heapMB?: number;
  /** How many times faster than real time storage's time goes; all at once by default. */
  readonly scale?: number;
}

const reply = z.object({ logs: z.array(z.string()), failed: z.boolean(), peakMB: z.number() });

/** What a process that came to its end has to tell. */
export interface ChildReport {
  readonly logs: string[];
  /** The most memory that it ever had, in MiB. */
  readonly peakMB: number;
}

let program: Promise<string> | undefined;

/** The child's program in one file, which starts three times as fast as many: some tests start thousands. */
async function buildProgram(): Promise<string> {
  const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
  const directory = path("../../node_modules/.cache/child-app");
  return (await build({ entry: path("./childAppMain.ts"), directory })).main;
}

/** Starts the process. `finished` gives its log lines and peak memory; it rejects if the work failed or the process died. */
export async function runInChild(work: ChildWork): Promise<{ kill(): void; finished: Promise<ChildReport> }> {
  program ??= buildProgram();
  const child = fork(await program, {
    execArgv: ["--disable-warning=ExperimentalWarning", `--max-old-space-size=${work.heapMB ?? 128}`],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const finished = new Promise<ChildReport>((resolve, reject) => {
    child.on("message", (message) => {
      const { logs, failed, peakMB } = reply.parse(message);
      if (failed) reject(new Error("The message failed in the child"));
      else resolve({ logs, peakMB });
    });
    child.on("exit", (code, signal) => reject(new Error(`The child died (${signal ?? code})`)));
  });
  child.send(work);
  return { kill: () => void child.kill("SIGKILL"), finished };
}
