// Which figures are asked for: read from the parameters of a URL or of a command, every wrong one named. Pure.
import * as z from "zod";
import { DAY, HOUR } from "../clock.ts";
import {
  type Asked,
  type AskedSenders,
  moment,
  type Narrowing,
  narrowingParameters,
  readParameters,
  resourcesOf,
} from "../finding/query.ts";
import { DIRECTIONS, type Direction } from "../finding/words.ts";

/** The most days that are answered by day, and by hour. */
export const MOST_DAYS = { day: 400, hour: 31 } as const;

const USUAL_DAYS = 7;

/** The parameters by which figures are asked for. */
export const figuresParameters = z.strictObject({
  from: moment
    .optional()
    .describe(`A day (UTC) or a time: from the day or hour that it is in. By default ${USUAL_DAYS} days before \`to\``),
  to: moment.optional().describe("A day (UTC) or a time: with the day or hour that it is in. By default now"),
  by: z
    .enum(["day", "hour"], { error: "must be day or hour" })
    .optional()
    .describe(`\`day\` (at most ${MOST_DAYS.day} days; the default) or \`hour\` (at most ${MOST_DAYS.hour} days)`),
  direction: z
    .enum(DIRECTIONS, { error: `must be ${DIRECTIONS.join(" or ")}` })
    .optional()
    .describe(
      "Letters that this app sends (`sent`, the default), or that others send to the organisation (`received`)",
    ),
  ...narrowingParameters,
});

/** Which figures are asked for. Times in epoch milliseconds, whole days or hours. */
export interface FiguresQuestion extends Narrowing {
  readonly from: number;
  readonly until: number;
  readonly by: "day" | "hour";
  /** On these resources, without URN prefix; by default on all. */
  readonly resources?: readonly string[] | undefined;
  /** `sent`, unless it says otherwise. */
  readonly direction?: Direction | undefined;
}

/** The length of a period. */
export const PERIOD = { day: DAY, hour: HOUR } as const;

/** Reads which figures are asked for. */
export function readFiguresQuestion(
  given: Readonly<Record<string, unknown>>,
  now: number,
  senders: AskedSenders,
): Asked<FiguresQuestion> {
  const read = readParameters(figuresParameters, given);
  if (!read.ok) return read;
  const { by = "day", resource, sender, direction, from, to } = read.value;
  if (sender !== undefined && direction === "received") {
    return { ok: false, wrong: [{ parameter: "sender", detail: "is of letters with direction=sent alone" }] };
  }
  const resources = resourcesOf({ resource, sender }, senders);
  if (!resources.ok) return resources;
  const period = PERIOD[by];
  // A day ends where the next begins; a time is in a period, also if that begins with it.
  const until =
    to?.end === to?.begin ? beginningOf(to?.begin ?? now, period) + period : beginningOf(to?.end ?? 0, period);
  const begin = from ? beginningOf(from.begin, period) : beginningOf(until - 1, DAY) - (USUAL_DAYS - 1) * DAY;
  if (begin >= until) return { ok: false, wrong: [{ parameter: "to", detail: "must not be before from" }] };
  if (until - begin > MOST_DAYS[by] * DAY) {
    const detail = `must be at most ${MOST_DAYS[by]} days before to where figures are asked for by ${by}`;
    return { ok: false, wrong: [{ parameter: "from", detail }] };
  }
  return { ok: true, value: { from: begin, until, by, resource, sender, resources: resources.value, direction } };
}

function beginningOf(time: number, period: number): number {
  return Math.floor(time / period) * period;
}
