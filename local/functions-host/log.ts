// The host's log: a line per invocation at its start and end, and what the app logs, from a level up. Never bodies.
import type { LogLevel } from "./coreTypes.ts";

/** One line of the log. */
export interface LogEntry {
  /** ISO 8601, by the app's clock. */
  readonly time: string;
  readonly level: LogLevel;
  /** Who speaks: the host itself, the app's own code, or its library. */
  readonly category: "host" | "user" | "system";
  readonly message: string;
  readonly functionName?: string;
  readonly invocationId?: string;
  /** The whole entry as text. */
  readonly line: string;
}

/** Writes one message; what is below the minimum level is dropped. */
export type Log = (
  level: LogLevel,
  category: LogEntry["category"],
  message: string,
  source?: { readonly functionName: string; readonly invocationId: string },
) => void;

export const LOG_LEVELS = ["trace", "debug", "information", "warning", "error", "critical", "none"] as const;

/** A log that gives every entry of at least `level` to `write`. Times come from `now` (milliseconds since 1970). */
export function createLog(level: LogLevel, now: () => number, write: (entry: LogEntry) => void): Log {
  const minimum = LOG_LEVELS.indexOf(level);
  return (entryLevel, category, message, source) => {
    if (entryLevel === "none" || LOG_LEVELS.indexOf(entryLevel) < minimum) return;
    const time = new Date(now()).toISOString();
    const from = category === "user" && source !== undefined ? `${source.functionName}: ` : "";
    const mark = entryLevel === "information" ? "" : `${entryLevel}: `;
    write({ time, level: entryLevel, category, message, ...source, line: `[${time}] ${mark}${from}${message}` });
  };
}

/**
 * What went wrong, for the log: name, message and stack. A SyntaxError's message is left out, because JSON.parse quotes
 * the text that it could not read there, and that may be a letter.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `a ${error === null ? "null" : typeof error} was thrown`;
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const title = error instanceof SyntaxError ? error.name : `${error.name}: ${error.message}`;
  return [title, ...frames].join("\n");
}
