// A service of the local start in a process of its own: its log goes to a file, and it says in a line of JSON when it is
// ready.
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { z } from "zod";
import { type Child, type ChildOptions, startChild } from "../childProcess.ts";

export interface ServiceOptions<Ready> extends Omit<ChildOptions, "onLine"> {
  /** For messages: "The functions host". */
  readonly name: string;
  readonly logFile: string;
  /** The line of JSON on standard output that says that the service is ready. */
  readonly readySchema: z.ZodType<Ready>;
  /** Gets each line that goes to the log file. */
  readonly onLog?: (line: string) => void;
}

export interface Service<Ready> extends Child {
  readonly ready: Ready;
}

/** How much of the log is told when a service does not start. */
const LAST_LINES = 15;

/** Starts the service; resolves when it is ready, rejects with the end of its log when it ends before that. */
export async function startService<Ready>(options: ServiceOptions<Ready>): Promise<Service<Ready>> {
  await mkdir(dirname(options.logFile), { recursive: true, mode: 0o700 });
  const log = createWriteStream(options.logFile, { flags: "a", mode: 0o600 });
  const last: string[] = [];
  let becomeReady = (_ready: { readonly value: Ready }) => {};
  const isReady = new Promise<{ readonly value: Ready }>((resolve) => {
    becomeReady = resolve;
  });
  const child = startChild({
    ...options,
    onLine(line, stream) {
      const ready = stream === "output" ? parseLine(line, options.readySchema) : undefined;
      if (ready !== undefined) return becomeReady(ready);
      log.write(`${line}\n`);
      last.push(line);
      if (last.length > LAST_LINES) last.shift();
      options.onLog?.(line);
    },
  });
  child.exited.then(
    () => log.end(),
    () => undefined,
  );
  const first = await Promise.race([isReady, child.exited]);
  if (typeof first !== "object") throw new Error(`${options.name} did not start:\n${last.join("\n")}`);
  return { ...child, ready: first.value };
}

function parseLine<Ready>(line: string, schema: z.ZodType<Ready>): { readonly value: Ready } | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(line));
    return parsed.success ? { value: parsed.data } : undefined;
  } catch {
    return undefined;
  }
}
