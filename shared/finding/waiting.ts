// What has not reached its recipient yet, by what keeps it. Counted by the index alone, however many letters that is.
import * as z from "zod";
import { dayOf, MINUTE, timestamp } from "../clock.ts";
import { eachAtOnce } from "../eachAtOnce.ts";
import { type BrakeStatus, readBrake } from "../pausing/emergencyBrake.ts";
import { DISPATCH_CAUSES } from "../records/dispatchTags.ts";
import { preparationOf } from "../records/preparation.ts";
import { readKnown } from "../records/records.ts";
import { whereTag } from "../storage/tags.ts";
import type { FindingContext } from "./context.ts";
import { requestCause } from "./letter.ts";
import { type WaitingCause, waitingCause } from "./words.ts";

const time = z.iso.datetime();

/** What waits, by cause. */
export const waitingSchema = z
  .object({
    asOf: time.describe("Storage was read from then on; in Azure the index itself lags by seconds"),
    pause: z
      .object({ cause: z.enum(["brake", "breaker"]), reason: z.string().optional(), since: time.optional() })
      .optional()
      .describe("What stops all letters, if anything does: it is then the cause of all that is not in Altinn yet"),
    letters: z.number().int().describe("How many wait"),
    causes: z.array(
      z.object({
        cause: waitingCause.or(z.literal("unknown")),
        letters: z.number().int(),
        since: time.optional().describe("When the request of the oldest came"),
        next: time.optional().describe("When the first of them is taken up again, or published"),
        last: time.optional().describe("When the last of them is"),
      }),
    ),
    requestsNotRead: z.number().int().describe("Requests that are prepared, and that were too many to be looked at"),
  })
  .describe("What has not reached its recipient yet, by what keeps it");

/** What waits, by cause. */
export type Waiting = z.infer<typeof waitingSchema>;

/** What stops all letters. */
export interface PauseNow {
  readonly cause: "brake" | "breaker";
  readonly reason?: string;
  /** RFC 3339. */
  readonly since?: string;
}

/** For so long after an instance put a letter off, its breaker may be open: what is put off comes back within that time. */
const PAUSE_LASTS = 6 * MINUTE;

/** So many requests that are prepared are looked at; their records alone say what they wait for. */
const MOST_REQUESTS = 500;

/** How many records are read at once. */
const AT_ONCE = 16;

/** What stops all letters just now, as far as the instances have told each other; `undefined` if nothing does. */
export async function pauseNow({ clock, store, contact, isBrakeSet }: FindingContext): Promise<PauseNow | undefined> {
  if (isBrakeSet) return { cause: "brake", reason: "setting" };
  const [brake, { pausedAt, lastLetter = 0 }] = await Promise.all([readBrake(store.documents), contact.read()]);
  if (brake?.isOn) return { cause: "brake", reason: brake.reason, ...(brake.since ? { since: brake.since } : {}) };
  if (pausedAt === undefined || pausedAt < Math.max(clock.now() - PAUSE_LASTS, lastLetter, liftedAt(brake)))
    return undefined;
  return { cause: "breaker" };
}

/** What was put off before was put off by the brake. */
function liftedAt(brake: BrakeStatus | undefined): number {
  return brake?.since === undefined ? 0 : Date.parse(brake.since);
}

/** What waits just now, by cause. */
export async function findWaiting(context: FindingContext): Promise<Waiting> {
  const now = context.clock.now();
  const tally = new Tally();
  const pause = await pauseNow(context);
  await countDispatches(context, tally, pause);
  const requestsNotRead = await countRequests(context, tally, pause);
  await countInAltinn(context, tally, now);
  const causes = tally.causes();
  const letters = causes.reduce((sum, cause) => sum + cause.letters, 0);
  return { asOf: timestamp(now), ...(pause ? { pause } : {}), letters, causes, requestsNotRead };
}

async function countDispatches({ store }: FindingContext, tally: Tally, pause: PauseNow | undefined): Promise<void> {
  const waiting = whereTag("state", "=", "waiting");
  const told = ["due", "created", "cause"].map((tag) => whereTag(tag, ">", " "));
  const known = new Set<string>();
  for await (const { id, tags } of store.dispatches.find([waiting, ...told].join(" AND "))) {
    known.add(id);
    const cause = DISPATCH_CAUSES.find((cause) => cause === tags.cause) ?? "unknown";
    tally.add(pause?.cause ?? cause, 1, { since: tags.created, at: tags.due });
  }
  // An earlier version did not tell the index why.
  for await (const { id, tags } of store.dispatches.find(`${waiting} AND ${whereTag("due", ">", " ")}`)) {
    if (!known.has(id)) tally.add(pause?.cause ?? "unknown", 1, { at: tags.due });
  }
}

async function countRequests({ store }: FindingContext, tally: Tally, pause: PauseNow | undefined): Promise<number> {
  const ids: string[] = [];
  let notRead = 0;
  for await (const { id } of store.requestsByHash.find(whereTag("preparing", ">", " "))) {
    if (ids.length < MOST_REQUESTS) ids.push(id);
    else notRead++;
  }
  await eachAtOnce(AT_ONCE, ids, async (id) => {
    const known = await readKnown(store.requestsByHash, id);
    if (known === "unreadable") notRead++;
    if (!known || known === "unreadable") return;
    const { total, fannedOut, createdAt } = known.value;
    const { ended, nextStepAt } = preparationOf(known.value);
    if (ended || fannedOut >= total) return;
    const times = { since: timestamp(createdAt), at: timestamp(nextStepAt) };
    tally.add(pause?.cause ?? requestCause(known.value), total - fannedOut, times);
  });
  return notRead;
}

/** Letters that exist: Altinn scans their files, or their publish time is to come, which the index knows by the day. */
async function countInAltinn({ store }: FindingContext, tally: Tally, now: number): Promise<void> {
  const { correspondences } = store;
  const followed = whereTag("posted", ">", " ");
  const scanned = `${whereTag("status", "=", "Initialized")} AND ${whereTag("follow", ">", " ")} AND ${followed}`;
  for await (const { tags } of correspondences.find(scanned)) tally.add("scan", 1, { since: postedAt(tags.posted) });
  const ready = `${whereTag("status", "=", "ReadyForPublish")} AND ${whereTag("follow", ">=", dayOf(now))} AND ${followed}`;
  for await (const { tags } of correspondences.find(ready)) {
    tally.add("publishTime", 1, { since: postedAt(tags.posted), at: beginningOf(tags.follow) });
  }
}

function postedAt(posted: string | undefined): string | undefined {
  return beginningOf(posted?.split(" ")[0]);
}

function beginningOf(day: string | undefined): string | undefined {
  return day === undefined ? undefined : timestamp(Date.parse(day));
}

/** Counts letters by cause, and keeps the first and last of their times. */
class Tally {
  readonly #counts = new Map<WaitingCause | "unknown", Waiting["causes"][number]>();

  add(
    cause: WaitingCause | "unknown",
    letters: number,
    { since, at }: { readonly since?: string | undefined; readonly at?: string | undefined },
  ): void {
    const known = this.#counts.get(cause) ?? { cause, letters: 0 };
    this.#counts.set(cause, {
      cause,
      letters: known.letters + letters,
      ...outermost("since", known.since, since, -1),
      ...outermost("next", known.next, at, -1),
      ...outermost("last", known.last, at, 1),
    });
  }

  /** Most letters first. */
  causes(): Waiting["causes"] {
    return [...this.#counts.values()].sort((a, b) => b.letters - a.letters);
  }
}

/** The earlier (-1) or later (1) of two times, as a field; none where neither is known. */
function outermost<K extends string>(key: K, a: string | undefined, b: string | undefined, sign: 1 | -1) {
  const [first, last] = [a, b].filter((told) => told !== undefined).sort();
  const found: { [key in K]?: string } = {};
  const time = sign === 1 ? (last ?? first) : first;
  if (time !== undefined) found[key] = time;
  return found;
}
