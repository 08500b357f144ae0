// Keeps the simulator's memory in a file: written aside and renamed, a little after a change and when it closes.

import { readFile, rename, writeFile } from "node:fs/promises";
import { emptyState, type State, stateSchema } from "./state.ts";

/** Reads a state file; an empty state when there is none yet. A file that is no state file fails. */
export async function readState(path: string): Promise<State> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return emptyState();
    throw error;
  }
  return stateSchema.parse(JSON.parse(text));
}

/** Writes a state to its file. */
export interface StateWriter {
  /** The state has changed: it is written soon. */
  touch(): void;
  /** Writes at once, and no more after that. */
  close(): Promise<void>;
}

/** Writes what `state` gives to `path`; at most one write at a time. */
export function stateWriter(path: string, state: () => State, delayMs = 200): StateWriter {
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  const write = (): Promise<void> => {
    writing = writing.then(async () => {
      const aside = `${path}.${process.pid}.tmp`;
      await writeFile(aside, JSON.stringify(state()));
      await rename(aside, path);
    });
    return writing;
  };
  return {
    touch: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        write().catch((error: unknown) => console.error("simulator: the state file could not be written", error));
      }, delayMs).unref();
    },
    close: async () => {
      clearTimeout(timer);
      await write();
    },
  };
}
