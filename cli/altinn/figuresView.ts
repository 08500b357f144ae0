// How figures are shown to people, with a bar for each day or hour, and as CSV.
import type { Figures, FiguresAnswer } from "../../shared/figures/answer.ts";
import { csvOf } from "../../terminal/csv.ts";
import { tableOf } from "../../terminal/table.ts";
import { wrapped } from "../../terminal/wrapped.ts";
import { minute } from "../describing.ts";

type Row = Figures & Pick<FiguresAnswer["periods"][number], "from">;

const NUMBERS: readonly [string, (figures: Figures) => number][] = [
  ["sent", ({ sent }) => sent],
  ["published", ({ published }) => published],
  ["read", ({ read }) => read],
  ["confirmed", ({ confirmed }) => confirmed],
  ["never read", ({ neverRead }) => neverRead],
  ["failed", failedIn],
];

/** The longest bar, and the shortest that says anything. In columns. */
const WIDEST = 40;
const NARROWEST = 10;

/** The figures as a table with a bar for each period, where there is room for that, and in words what is true of all. */
export function shownFigures({ by, periods, total }: FiguresAnswer, columns: number): string {
  const head = [by === "day" ? "day (UTC)" : "hour (UTC)", ...NUMBERS.map(([name]) => name)];
  const cells = (figures: Figures) => NUMBERS.map(([, of]) => String(of(figures)));
  const rows = [
    ...periods.map((period) => [by === "day" ? period.from.slice(0, 10) : minute(period.from), ...cells(period)]),
    ["all", ...cells(total)],
  ];
  const widths = head.map((name, index) => Math.max(name.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const aligned = [head, ...rows].map((row) =>
    row.map((cell, index) => (index === 0 ? cell : cell.padStart(widths[index] ?? 0))),
  );
  const room = Math.min(WIDEST, columns - widths.reduce((sum, width) => sum + width + 2, 0));
  const lines =
    room < NARROWEST
      ? aligned
      : [
          [...(aligned[0] ?? []), "read \u2588, sent \u2591"],
          ...barsOf(periods, room).map((bar, index) => [...(aligned[index + 1] ?? []), bar]),
          aligned.at(-1) ?? [],
        ];
  return [
    tableOf(lines, columns) ?? lines.map((line) => line.join(" ")).join("\n"),
    "",
    ...inWords(total).map((line) => wrapped(line, columns)),
  ].join("\n");
}

/** A bar for each period: all that was sent, and what of it is read. */
function barsOf(periods: readonly Row[], room: number): string[] {
  const most = Math.max(1, ...periods.map(({ sent }) => sent));
  return periods.map(({ sent, read }) => {
    const length = Math.ceil((sent / most) * room);
    const filled = Math.round((read / most) * room);
    return "\u2588".repeat(filled) + "\u2591".repeat(Math.max(0, length - filled));
  });
}

function inWords({ failed, sentToPublished, publishedToRead, sentToRead }: Figures): string[] {
  const spans: [string, Figures["sentToRead"]][] = [
    ["Sent to published", sentToPublished],
    ["Published to read", publishedToRead],
    ["Sent to read", sentToRead],
  ];
  const reasons = Object.entries(failed).map(([reason, count]) => `${count} ${reason}`);
  return [
    ...spans.flatMap(([name, span]) =>
      span === null ? [] : [`${name}: half within ${lengthOf(span.median)}, 95 % within ${lengthOf(span.p95)}.`],
    ),
    ...(reasons.length === 0 ? [] : [`Failed: ${reasons.join(", ")}.`]),
  ];
}

/** Seconds in the largest unit of which there are two or more. */
function lengthOf(seconds: number): string {
  for (const [unit, length] of [
    ["days", 86_400],
    ["h", 3_600],
    ["min", 60],
  ] as const) {
    if (seconds >= 2 * length) return `${Math.round(seconds / length)} ${unit}`;
  }
  return `${seconds} s`;
}

/** When it was counted, and what of it may still change. */
export function freshnessOf({ asOf, periods, untimed = 0, unreadable = 0, cost = 0 }: FiguresAnswer): string {
  const open = new Set(periods.filter(({ closed }) => !closed).map(({ from }) => from.slice(0, 10))).size;
  return [
    `As of ${asOf.slice(0, 19)}Z, by ${cost} operations of storage.`,
    open === 0 ? "Nothing of it changes any more." : `${open} ${open === 1 ? "day is" : "days are"} still open.`,
    ...(untimed === 0 ? [] : [`${untimed} letters of an earlier version are counted by their status alone.`]),
    ...(unreadable === 0 ? [] : [`${unreadable} days could not be read by this version.`]),
  ].join(" ");
}

function failedIn({ failed }: Figures): number {
  return Object.values(failed).reduce((sum, count) => sum + count, 0);
}

/** The periods as CSV (RFC 4180), with a head. Times in seconds; nothing where none are known. */
export function csvOfFigures({ periods }: FiguresAnswer): string {
  const spans = ["sentToPublished", "publishedToRead", "sentToRead"] as const;
  const head = ["from", "to", "closed", "sent", "published", "read", "confirmed", "neverRead", "failed", "reasons"];
  const rows = periods.map((period) => [
    period.from,
    period.to,
    String(period.closed),
    ...NUMBERS.map(([, of]) => String(of(period))),
    Object.entries(period.failed)
      .map(([reason, count]) => `${count} ${reason}`)
      .join("; "),
    ...spans.flatMap((span) => [period[span]?.median, period[span]?.p95].map((value) => String(value ?? ""))),
  ]);
  return csvOf([[...head, ...spans.flatMap((span) => [`${span}Median`, `${span}P95`])], ...rows]);
}
