// What the local start prints: a table of what is where, and a line per change of a letter.
import { styleText } from "node:util";
import type { Announcement } from "../../shared/tracking/announcement.ts";

/** Columns: local time, request id, what happened, recipient, correspondence id or reason. */
const WIDTHS = [8, 26, 21, 9] as const;

/** What a row has room for: ids of producers can be long, and reasons longer. */
const LONGEST_REQUEST = 40;
const LONGEST_REASON = 240;

type Style = "bold" | "dim" | "green" | "yellow" | "red" | "cyan";

export interface Terminal {
  print(text?: string): void;
  heading(text: string): void;
  /** A row of the table of what is where. */
  row(name: string, value: string, note?: string): void;
  columns(): void;
  /** A line per change. */
  change(time: Date, requestId: string, what: string, recipient: string, rest: string): void;
  announcement(announcement: Announcement): void;
  warning(text: string): void;
  error(text: string): void;
}

/** A terminal that writes through `write`; with colours only where the stream shows them and NO_COLOR is not set. */
export function createTerminal(write: (text: string) => void, colours: boolean): Terminal {
  const style = (name: Style, text: string) => (colours ? styleText(name, text, { validateStream: false }) : text);
  const print = (text = "") => write(`${text}\n`);
  const line = (cells: readonly string[], styles: readonly (Style | undefined)[]) => {
    const padded = cells.map((written, index) => {
      const cell = printable(written);
      const text = index < WIDTHS.length ? cell.padEnd(WIDTHS[index] ?? 0) : cell;
      const name = styles[index];
      return name === undefined ? text : style(name, text);
    });
    print(`  ${padded.join("  ")}`.trimEnd());
  };
  const change: Terminal["change"] = (time, requestId, what, recipient, rest) =>
    line(
      [clockTime(time), middleCut(requestId, LONGEST_REQUEST), what, recipient, rest],
      ["dim", undefined, styleOf(what), undefined, "dim"],
    );
  return {
    print,
    heading: (text) => print(`\n${style("bold", text)}\n`),
    row: (name, value, note = "") =>
      print(`  ${name.padEnd(10)} ${value}${note === "" ? "" : `  ${style("dim", note)}`}`),
    columns: () =>
      line(["time", "request", "what", "recipient", "correspondence"], ["dim", "dim", "dim", "dim", "dim"]),
    change,
    announcement({ data }) {
      const what = data.status;
      const [first, ...others] = data.problems ?? [];
      const problem = first && `${first.path === "" ? "" : `${first.path}: `}${first.message}`;
      const more = others.length > 0 ? `and ${others.length} more` : undefined;
      const parts = [data.reason, data.errorCode, data.detail, problem, more].filter((part) => part !== undefined);
      const why = endCut(parts.join(" "), LONGEST_REASON);
      const rest = [data.correspondenceId, why].filter(Boolean).join("  ");
      change(new Date(data.time), data.requestId ?? "", what, recipientOf(data.recipient), rest);
    },
    warning: (text) => print(`  ${style("yellow", "warning")}  ${printable(text)}`),
    error: (text) => print(`  ${style("red", "error")}  ${text}`),
  };
}

/** The organisation number; of a person nothing, because identity numbers have no place in a terminal's history. */
function recipientOf(urn: string | undefined): string {
  const [, number] = /^urn:altinn:organization:identifier-no:(\d{9})$/.exec(urn ?? "") ?? [];
  return number ?? (urn === undefined ? "" : "a person");
}

/** Producers choose ids: none of them may steer the terminal of whoever watches. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, "\ufffd");
}

function middleCut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 5)}\u2026${text.slice(-4)}`;
}

function endCut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}\u2026`;
}

function styleOf(what: string): Style {
  if (/^(rejected|gaveUp|outcomeUnknown|failed|publishFailed)$/.test(what)) return "red";
  if (/^(duplicate|cancelled|tooLate|reserved|purged|never)/.test(what)) return "yellow";
  return what === "dropped" ? "cyan" : "green";
}

function clockTime(time: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
