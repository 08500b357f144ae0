// How far long work has come: one line at the bottom of a terminal, written over and over; nothing in a pipe or a file.
import { columnsOf, middleCut } from "./columns.ts";
import { shown } from "./foreign.ts";

/** So many columns wide is the bar. */
const BAR = 24;

/** What is shown while work goes on. */
export interface Progress {
  /** So many of all are done; `text` says what. */
  show(done: number, total: number, text: string): void;
  /** Takes the line away again. */
  end(): void;
}

/** A stream that may be a terminal. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Shows progress on standard error, without colours, if that is a terminal. */
export function createProgress(stream: ProgressStream = process.stderr): Progress {
  let isShown = false;
  const write = (line: string) => {
    if (stream.isTTY) stream.write(`\r\u001b[K${line}`);
  };
  return {
    show(done, total, text) {
      const line = `${barOf(done, total)} ${done} of ${total} ${shown(text)}`;
      write(middleCut(line, columnsOf(stream) - 1));
      isShown = true;
    },
    end() {
      if (isShown) write("");
      isShown = false;
    },
  };
}

/** `████░░░░`: full where all is done, and where there is nothing to do. */
export function barOf(done: number, total: number): string {
  const full = total <= 0 ? BAR : Math.floor((BAR * Math.min(done, total)) / total);
  return "\u2588".repeat(full) + "\u2591".repeat(BAR - full);
}
