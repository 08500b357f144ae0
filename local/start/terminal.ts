// What the local start prints: a table of what is where, and a line per change of a letter.
import { styleText } from "node:util";
import stringWidth from "string-width";
import type { Announcement } from "../../shared/announcements/announcement.ts";
import { middleCut, padded } from "../../terminal/columns.ts";
import { shown, shownLines } from "../../terminal/foreign.ts";
import { problemText, wrapped } from "../../terminal/wrapped.ts";
import type { Alert } from "./alertSentence.ts";

/** Columns of a line: local time, request id, what happened, recipient; then the correspondence id, or a file. */
const TIME = 8;
const WHAT = 18;
const RECIPIENT = 9;
const GAP = "  ";
/** What begins at the request's column, and what is said below a line. */
const BELOW = " ".repeat(2 + TIME + GAP.length);

/** The widest request id that is shown whole, and the narrowest that the others leave room for. */
const REQUEST = { widest: 40, narrowest: 22 } as const;
/** Characters of a correspondence id: a UUID. */
const CORRESPONDENCE = 36;

/** So many problems of a request are shown: its announcement has them all. */
const PROBLEMS = 5;

type Style = "bold" | "dim" | "green" | "yellow" | "red" | "cyan";

export interface Terminal {
  print(text?: string): void;
  heading(text: string): void;
  /** A row of the table of what is where. */
  row(name: string, value: string, note?: string): void;
  columns(): void;
  /** A line per change. */
  change(time: Date, request: string, what: string, recipient: string, rest: string): void;
  announcement(announcement: Announcement): void;
  /** A sentence of the app's, with the time. */
  alert(alert: Alert): void;
  warning(text: string): void;
  error(text: string): void;
}

/**
 * A terminal that writes through `write`, in lines of at most `columns()`; with colours only where the stream shows them
 * and NO_COLOR is not set.
 */
export function createTerminal(write: (text: string) => void, colours: boolean, columns: () => number): Terminal {
  const style = (name: Style, text: string) => (colours ? styleText(name, text, { validateStream: false }) : text);
  const print = (text = "") => write(`${text}\n`);

  /** A line of cells. The last one has what the others leave, and begins earlier where there is no recipient. */
  const line = (cells: Cells, styles: { readonly what: Style; readonly others?: Style }) => {
    const { time, what, recipient } = cells;
    const fixed = BELOW.length + WHAT + RECIPIENT + 3 * GAP.length;
    const requestWidth = within(columns() - fixed - CORRESPONDENCE, REQUEST.narrowest, REQUEST.widest);
    const before = [
      `  ${padded(time, TIME)}`,
      padded(middleCut(shown(cells.request), requestWidth), requestWidth),
      style(styles.what, padded(shown(what), WHAT)),
      ...(recipient === "" ? [] : [padded(shown(recipient), RECIPIENT)]),
    ].join(GAP);
    const room = columns() - stringWidth(before) - GAP.length;
    const last = style("dim", middleCut(shown(cells.rest), room));
    print(
      (styles.others === undefined
        ? `${before}${GAP}${last}`
        : style(styles.others, `${before}${GAP}${last}`)
      ).trimEnd(),
    );
  };
  const below = (text: string) => print(style("dim", wrapped(text, columns(), { first: BELOW })));
  const sentence = (time: string, name: Style, level: string, text: string) => {
    const mark = level === "" ? "" : `${level}: `;
    const [first = "", ...rest] = wrapped(`${mark}${shownLines(text)}`, columns(), { first: time, rest: BELOW }).split(
      "\n",
    );
    const coloured = `${first.slice(0, time.length)}${style(name, first.slice(time.length))}`;
    print([coloured, ...rest.map((each) => style(name, each))].join("\n"));
  };
  const change: Terminal["change"] = (time, request, what, recipient, rest) =>
    line({ time: clockTime(time), request, what, recipient, rest }, { what: styleOf(what) });

  return {
    print: (text = "") => print(shownLines(text)),
    heading: (text) => print(`\n${style("bold", shown(text))}\n`),
    row(name, place, remark = "") {
      const [value, note] = [shown(place), shown(remark)];
      const first = `  ${name.padEnd(10)} ${value}`;
      const indent = " ".repeat(13);
      const fits = stringWidth(first) + GAP.length + stringWidth(note) <= columns();
      print(fits ? `${first}${GAP}${style("dim", note)}`.trimEnd() : first);
      if (!fits) print(style("dim", wrapped(note, columns(), { first: indent })));
    },
    columns: () =>
      line(
        { time: "time", request: "request", what: "what", recipient: "recipient", rest: "letter" },
        { what: "dim", others: "dim" },
      ),
    change,
    announcement({ data }) {
      const { reason, errorCode, detail, problems = [] } = data;
      change(
        new Date(data.time),
        data.requestId ?? "",
        data.status,
        recipientOf(data.recipient),
        data.correspondenceId ?? "",
      );
      const code = errorCode === undefined ? undefined : `Altinn's error ${errorCode}`;
      const why = [reason, code, detail].filter((part) => part !== undefined).map(shown);
      if (why.length > 0) below(why.join(", "));
      if (problems.length > 0) print(style("dim", problemText(problems.slice(0, PROBLEMS), columns(), BELOW)));
      if (problems.length > PROBLEMS) below(`and ${problems.length - PROBLEMS} more`);
    },
    alert: ({ level, sentence: text }) =>
      sentence(`  ${clockTime(new Date())}${GAP}`, ALERT_STYLES[level], level === "note" ? "" : level, text),
    warning: (text) => sentence("  ", "yellow", "warning", text),
    error: (text) => sentence("  ", "red", "error", text),
  };
}

interface Cells {
  readonly time: string;
  readonly request: string;
  readonly what: string;
  readonly recipient: string;
  readonly rest: string;
}

const ALERT_STYLES: Readonly<Record<Alert["level"], Style>> = { note: "green", warning: "yellow", error: "red" };

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** The organisation number; of a person nothing, because identity numbers have no place in a terminal's history. */
function recipientOf(urn: string | undefined): string {
  const [, number] = /^urn:altinn:organization:identifier-no:(\d{9})$/.exec(urn ?? "") ?? [];
  return number ?? (urn === undefined ? "" : "a person");
}

function styleOf(what: string): Style {
  if (/^(rejected|gaveUp|outcomeUnknown|failed|publishFailed)$/.test(what)) return "red";
  if (/^(duplicate|cancel|tooLate|reserved|purged|never)/.test(what)) return "yellow";
  return what === "dropped" ? "cyan" : "green";
}

function clockTime(time: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
