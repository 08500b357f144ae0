// What docs/performance.md shows of the benchmarks' results: a table and a chart of each. Pure.
import { z } from "zod";
import type { Machine, Results } from "../results.ts";
import { barChart, lineChart } from "./chart.ts";

/** A section of the page, between its markers, and the charts that it shows, by file name. */
export interface Section {
  readonly text: string;
  readonly charts: Readonly<Record<string, string>>;
}

/** The folder of the charts, as the page names it. */
export const CHARTS = "images/performance";

type Draw = (results: Results) => Section;

/** By the name of the benchmark, which is that of the section. */
export const SECTIONS: ReadonlyMap<string, Draw> = new Map([
  ["memory", memory],
  ["latency", latency],
  ["growth", growth],
  ["day", day],
]);

const memoryLines = z.array(
  z.object({ case: z.string(), residentMB: z.number(), peakMB: z.number(), underWay: z.number().optional() }),
);

const SMALLEST_MB = 512;

function memory({ machine, lines }: Results): Section {
  const cases = memoryLines.parse(lines);
  const chart = barChart({
    title: "Memory of one instance, fresh for each case",
    unit: "MB, resident",
    bars: cases.map(({ case: name, residentMB, peakMB }) => ({ name, values: [residentMB, peakMB] })),
    parts: ["at the end", "at the most"],
    limit: { name: "the smallest instance: 512 MB", value: SMALLEST_MB },
  });
  const rows = cases.map(({ case: name, residentMB, peakMB, underWay }) => {
    const together = underWay === undefined ? "" : `, ${underWay} under way together`;
    return [name + together, `${residentMB} MB`, `${peakMB} MB`, `${SMALLEST_MB - peakMB} MB`];
  });
  const table = tableOf(["", "resident at the end", "at the most", "left of 512 MB"], rows);
  return { text: whole(machine, "memory", [table, image("memory")]), charts: { memory: chart } };
}

const latencyLines = z.array(
  z.object({
    case: z.string(),
    letters: z.number(),
    p50: z.number(),
    p99: z.number(),
    ownP50: z.number(),
    ownP99: z.number(),
    others: z.number(),
  }),
);

function latency({ machine, lines }: Results): Section {
  const cases = latencyLines.parse(lines);
  const chart = barChart({
    title: "From the host's taking of a request to its POST at Altinn",
    unit: "milliseconds",
    bars: cases.map(({ case: name, ownP50, ownP99 }) => ({ name, values: [ownP50, ownP99] })),
    parts: ["median", "99th percentile"],
  });
  const rows = cases.map(({ case: name, letters, p50, p99, ownP50, ownP99, others }) => [
    others === 0 ? name : `${name} (${number(others)} of its letters went meanwhile)`,
    number(letters),
    ...[p50, p99, ownP50, ownP99].map((value) => `${number(value)} ms`),
  ]);
  const headings = ["", "letters", "median", "99th percentile", "the app's part: median", "99th percentile"];
  const [alone, beside] = [cases.at(-2), cases.at(-1)];
  const ratio =
    alone && beside
      ? `Beside a request to many, the median is ${times(beside.p50, alone.p50)} that of a letter alone, and the 99th percentile ${times(beside.p99, alone.p99)}.`
      : "";
  return {
    text: whole(machine, "latency", [tableOf(headings, rows), ratio, image("latency")]),
    charts: { latency: chart },
  };
}

const growthLines = z.array(
  z.object({
    what: z.string(),
    of: z.string(),
    size: z.number(),
    storageOperations: z.number(),
    altinnCalls: z.number(),
    processorMs: z.number().optional(),
  }),
);
type GrowthLine = z.infer<typeof growthLines>[number];

function growth({ machine, lines }: Results): Section {
  const all = growthLines.parse(lines);
  const names = [...new Set(all.map(({ what }) => what))];
  const of = (what: string) => all.filter((line) => line.what === what);
  const isOfLetter = (what: string) => what.startsWith("a letter");
  const rows = names.map((what) => {
    const own = of(what);
    const each = (value: (line: GrowthLine) => number | undefined) =>
      own.map((line) => number(value(line) ?? Number.NaN)).join(" / ");
    return [
      what,
      `${own.map(({ size }) => number(size)).join(" / ")} ${own[0]?.of ?? ""}`,
      each(({ storageOperations }) => storageOperations),
      each(({ altinnCalls }) => altinnCalls),
      own.some(({ processorMs }) => processorMs === undefined) ? "" : each(({ processorMs }) => processorMs),
    ];
  });
  const series = (chosen: readonly string[], value: (line: GrowthLine) => number | undefined) =>
    chosen.map((what) => ({
      name: what,
      points: of(what).map((line): readonly [number, number] => [line.size, value(line) ?? 0]),
    }));
  const letter = lineChart({
    title: "Processor time of a letter, with ever more of everything",
    x: { title: "messages on the queue, letters sent before, recipients of the request", isLogarithmic: true },
    y: { title: "milliseconds a letter" },
    series: series(names.filter(isOfLetter), ({ processorMs }) => processorMs),
  });
  const keeping = lineChart({
    title: "Operations of storage to look at all that is kept",
    x: { title: "open letters, waiting letters, dead letters", isLogarithmic: true },
    y: { title: "operations", isLogarithmic: true },
    series: series(
      names.filter((what) => !isOfLetter(what)),
      ({ storageOperations }) => storageOperations,
    ),
  });
  const headings = ["", "how many", "storage operations", "calls to Altinn", "processor, ms"];
  const images = [image("growth-letter"), image("growth-keeping")];
  return {
    text: whole(machine, "growth", [tableOf(headings, rows), ...images]),
    charts: { "growth-letter": letter, "growth-keeping": keeping },
  };
}

const use = z.object({ name: z.string(), limit: z.number(), busiest: z.number(), longestWaitMs: z.number() });
const busyLine = z.object({
  kind: z.literal("busy"),
  lettersPerSecond: z.number(),
  statusQueues: z.number(),
  letters: z.number(),
  sent: z.number(),
  told: z.number(),
  failures: z.number(),
  waited: z.object({ p50: z.number(), p99: z.number() }),
  uses: z.array(use),
  perLetter: z.object({ operations: z.number(), altinnCalls: z.number(), announcements: z.number() }),
});
const momentLine = z.object({
  kind: z.literal("moment"),
  statusQueues: z.number(),
  second: z.number(),
  sending: z.number(),
  events: z.number(),
  waiting: z.number(),
});
const dayLine = z.object({
  kind: z.literal("day"),
  letters: z.number(),
  peak: z.number(),
  statusQueues: z.number(),
  deployments: z.number(),
  busiestArrivals: z.number(),
  mostSending: z.number(),
  mostEvents: z.number(),
  mostWaiting: z.number(),
  longestWait: z.number(),
  boundBy: z.record(z.string(), z.number()),
  shares: z.record(z.string(), z.number()),
  gigabyteSeconds: z.number(),
  operations: z.number(),
});
const dayLines = z.array(z.discriminatedUnion("kind", [busyLine, momentLine, dayLine]));

function day({ machine, lines }: Results): Section {
  const all = dayLines.parse(lines);
  const busy = all.filter((line) => line.kind === "busy");
  const moments = all.filter((line) => line.kind === "moment");
  const [{ lettersPerSecond = 0 } = {}] = busy;
  const on = (statusQueues: number) => `on ${statusQueues} ${statusQueues === 1 ? "queue" : "queues"}`;
  const chart = lineChart({
    title: `${number(lettersPerSecond)} letters a second, announced on one queue and on several`,
    x: { title: "seconds" },
    y: { title: "how many", isLogarithmic: true },
    series: busy.flatMap(({ statusQueues }) => {
      const own = moments.filter((moment) => moment.statusQueues === statusQueues);
      return [
        {
          name: `requests not taken, ${on(statusQueues)}`,
          points: own.map(({ second, waiting }): readonly [number, number] => [second, waiting]),
        },
        {
          name: `instances for events, ${on(statusQueues)}`,
          points: own.map(({ second, events }): readonly [number, number] => [second, events]),
        },
      ];
    }),
  });
  const times = tableOf(
    [
      "announced",
      "sent",
      "told to the end",
      "failed attempts",
      "a request waits: median",
      "99th percentile",
      "nearest to their limits, in their busiest second",
      "longest wait for room",
    ],
    busy.map(({ statusQueues, letters, sent, told, failures, waited, uses }) => [
      on(statusQueues),
      `${number(sent)} of ${number(letters)}`,
      number(told),
      number(failures),
      `${number(waited.p50)} ms`,
      `${number(waited.p99)} ms`,
      uses
        .slice(0, 2)
        .map(({ name, busiest, limit }) => `${name}: ${number(busiest)} of ${number(limit)}`)
        .join(", "),
      `${number(Math.round(Math.max(...uses.map(({ longestWaitMs }) => longestWaitMs))))} ms`,
    ]),
  );
  const days = all.filter((line) => line.kind === "day");
  const layouts = tableOf(
    [
      "busiest hour",
      "layout",
      "instances: send, events",
      "waiting at the most",
      "longest wait",
      "kept waiting by",
      "nearest limit",
      "GB-seconds",
      "operations",
    ],
    days.map((each) => [
      `${each.peak} × (${number(each.busiestArrivals)}/s)`,
      `${each.statusQueues} status queue${each.statusQueues === 1 ? "" : "s"}, ${each.deployments} deployment${each.deployments === 1 ? "" : "s"}`,
      `${each.mostSending}, ${each.mostEvents}`,
      number(each.mostWaiting),
      `${number(each.longestWait)} s`,
      Object.entries(each.boundBy)
        .map(([name, seconds]) => `${name} ${number(seconds)} s`)
        .join(", "),
      nearest(each.shares),
      number(each.gigabyteSeconds),
      number(each.operations),
    ]),
  );
  const [{ perLetter } = {}] = busy;
  const each =
    perLetter === undefined
      ? ""
      : `Of a letter, until it was read and all of it told: ${perLetter.operations} operations of storage, ${perLetter.altinnCalls} calls to Altinn, ${perLetter.announcements} announcements.`;
  return { text: whole(machine, "day", [times, each, image("day"), layouts]), charts: { day: chart } };
}

function nearest(shares: Readonly<Record<string, number>>): string {
  const [first] = Object.entries(shares).toSorted(([, a], [, b]) => b - a);
  return first === undefined ? "" : `${first[0]}, ${Math.round(first[1] * 100)} %`;
}

function whole({ measured, node, cores, load }: Machine, name: string, parts: readonly string[]): string {
  const where = `Measured on ${measured}, ${cores} cores with a load average of ${load}, Node ${node.slice(1)}; again with \`npm run --silent bench -- ${name}\`.`;
  return [where, ...parts.filter((part) => part !== "")].join("\n\n");
}

function tableOf(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(headings), `|${headings.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

function image(name: string): string {
  return `![${name.replace("-", ", ")}](${CHARTS}/${name}.svg)`;
}

const number = (value: number) => value.toLocaleString("en", { maximumFractionDigits: 1 });
const times = (value: number, of: number) => `${Math.round((value / of) * 100) / 100} times`;
