// Handles one message in a process of its own, which can die at any step.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { HostedMessage } from "./queueHost.ts";

export interface ChildWork {
  readonly settings: Readonly<Record<string, string>>;
  /** The time, which stands still for the child. */
  readonly now: number;
  readonly message: HostedMessage;
}

const reply = z.object({ logs: z.array(z.string()), failed: z.boolean() });

/** Starts the process. `finished` gives its log lines; it rejects if the work failed or the process died. */
export function runInChild(work: ChildWork): { kill(): void; finished: Promise<string[]> } {
  const child = fork(fileURLToPath(new URL("./childAppMain.ts", import.meta.url)), {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const finished = new Promise<string[]>((resolve, reject) => {
    child.on("message", (message) => {
      const { logs, failed } = reply.parse(message);
      if (failed) reject(new Error("The message failed in the child"));
      else resolve(logs);
    });
    child.on("exit", (code, signal) => reject(new Error(`The child died (${signal ?? code})`)));
  });
  child.send(work);
  return { kill: () => void child.kill("SIGKILL"), finished };
}
