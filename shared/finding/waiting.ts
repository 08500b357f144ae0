// What has not reached its recipient yet, by what keeps it. Counted by the index alone, however many letters that is.
import * as z from "zod";
import { withoutResourcePrefix } from "../altinn/wire.ts";
import { dayOf, timestamp } from "../clock.ts";
import { eachAtOnce } from "../eachAtOnce.ts";
import { DISPATCH_CAUSES } from "../records/dispatchTags.ts";
import { preparationOf } from "../records/preparation.ts";
import { readKnown } from "../records/records.ts";
import { whereTag } from "../storage/tags.ts";
import type { FindingContext } from "./context.ts";
import { requestCause } from "./letter.ts";
import { type Pauses, pauseSchema, pausesNow, senderPauseSchema } from "./pauses.ts";
import type { AskedSenders, WaitingQuery } from "./query.ts";
import { type WaitingCause, waitingCause } from "./words.ts";

const time = z.iso.datetime();

/** What waits, by cause. */
export const waitingSchema = z
  .object({
    asOf: time.describe("Storage was read from then on; in Azure the index itself lags by seconds"),
    resource: z.string().optional(),
    sender: z.string().optional(),
    pause: pauseSchema
      .optional()
      .describe(
        "What stops all letters, or those of the sender that is asked for: the cause of all that is not in Altinn yet",
      ),
    senders: z.array(senderPauseSchema).optional().describe("What stops single senders' letters"),
    letters: z.number().int().describe("How many wait"),
    causes: z.array(
      z.object({
        cause: waitingCause.or(z.literal("unknown")),
        letters: z.number().int(),
        since: time.optional().describe("When the request of the oldest came"),
        next: time.optional().describe("When the first of them is taken up again, or published"),
        last: time.optional().describe("When the last of them is"),
        senders: z.array(z.string()).optional().describe("The senders whose letters are among them"),
      }),
    ),
    requestsNotRead: z.number().int().describe("Requests that are prepared, and that were too many to be looked at"),
  })
  .describe("What has not reached its recipient yet, by what keeps it");

/** What waits, by cause. */
export type Waiting = z.infer<typeof waitingSchema>;

/** So many requests that are prepared are looked at; their records alone say what they wait for. */
const MOST_REQUESTS = 500;

/** How many records are read at once. */
const AT_ONCE = 16;

/** What waits, counted by resource and cause, so that it can be told of all letters or of some. */
export interface WaitingCounts extends Pick<Waiting, "asOf" | "requestsNotRead"> {
  readonly pauses: Pauses;
  readonly senders: AskedSenders;
  readonly rows: readonly CountedCause[];
}

interface CountedCause {
  /** Without URN prefix; empty where it is not known. */
  readonly resource: string;
  readonly counted: Waiting["causes"][number];
}

/** What waits just now, by cause; of the letters on some resources, if that is asked for. */
export async function findWaiting(context: FindingContext, query?: WaitingQuery): Promise<Waiting> {
  return waitingOf(await countWaiting(context), query);
}

/** Counts what waits just now. */
export async function countWaiting(context: FindingContext): Promise<WaitingCounts> {
  const now = context.clock.now();
  const pauses = await pausesNow(context);
  const tally = new Tally();
  await countDispatches(context, tally, pauses);
  const requestsNotRead = await countRequests(context, tally, pauses);
  await countInAltinn(context, tally, now);
  return { asOf: timestamp(now), pauses, senders: context.senders, rows: tally.rows(), requestsNotRead };
}

/** What is told of what was counted: of all of it, or of what is asked for. */
export function waitingOf(
  { asOf, pauses, senders, rows, requestsNotRead }: WaitingCounts,
  { resource, sender, resources }: WaitingQuery = { resources: undefined },
): Waiting {
  const wanted = resources && new Set(resources);
  const byCause = new Tally();
  const whose = new Map<string, Set<string>>();
  for (const { resource, counted } of rows) {
    if (wanted?.has(resource) === false) continue;
    byCause.merge("", counted);
    const owner = senders.of(resource)?.name;
    if (owner !== undefined) whose.set(counted.cause, (whose.get(counted.cause) ?? new Set()).add(owner));
  }
  const causes = byCause.rows().map(({ counted }) => {
    const names = whose.get(counted.cause);
    return { ...counted, ...(names === undefined ? {} : { senders: [...names].sort() }) };
  });
  causes.sort((a, b) => b.letters - a.letters);
  const letters = causes.reduce((sum, cause) => sum + cause.letters, 0);
  const pause = pauses.all ?? (sender === undefined ? undefined : pauses.ofSender.get(sender));
  const stopped = [...pauses.ofSender].flatMap(([name, its]) => (name === "" ? [] : [{ sender: name, ...its }]));
  return {
    asOf,
    ...(resource === undefined ? {} : { resource }),
    ...(sender === undefined ? {} : { sender }),
    ...(pause ? { pause } : {}),
    ...(sender === undefined && stopped.length > 0 ? { senders: stopped } : {}),
    letters,
    causes,
    requestsNotRead,
  };
}

async function countDispatches({ store }: FindingContext, tally: Tally, pauses: Pauses): Promise<void> {
  const waiting = whereTag("state", "=", "waiting");
  const told = ["due", "created", "cause", "resource"].map((tag) => whereTag(tag, ">", " "));
  const known = new Set<string>();
  for await (const { id, tags } of store.dispatches.find([waiting, ...told].join(" AND "))) {
    known.add(id);
    const resource = withoutResourcePrefix(tags.resource ?? "");
    const cause = DISPATCH_CAUSES.find((cause) => cause === tags.cause) ?? "unknown";
    tally.add(resource, pauses.of(resource)?.cause ?? cause, 1, { since: tags.created, at: tags.due });
  }
  // An earlier version did not tell the index why.
  for await (const { id, tags } of store.dispatches.find(`${waiting} AND ${whereTag("due", ">", " ")}`)) {
    if (!known.has(id)) tally.add("", pauses.all?.cause ?? "unknown", 1, { at: tags.due });
  }
}

async function countRequests({ store }: FindingContext, tally: Tally, pauses: Pauses): Promise<number> {
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
    const { total, fannedOut, createdAt, resourceId = "" } = known.value;
    const { ended, nextStepAt } = preparationOf(known.value);
    if (ended || fannedOut >= total) return;
    const times = { since: timestamp(createdAt), at: timestamp(nextStepAt) };
    const resource = withoutResourcePrefix(resourceId);
    tally.add(resource, pauses.of(resource)?.cause ?? requestCause(known.value), total - fannedOut, times);
  });
  return notRead;
}

/** Letters that exist: Altinn scans their files, or their publish time is to come, which the index knows by the day. */
async function countInAltinn({ store }: FindingContext, tally: Tally, now: number): Promise<void> {
  const { correspondences } = store;
  const followed = [whereTag("posted", ">", " "), whereTag("resource", ">", " ")];
  const scanned = [whereTag("status", "=", "Initialized"), whereTag("follow", ">", " "), ...followed];
  for await (const { tags } of correspondences.find(scanned.join(" AND "))) {
    tally.add(tags.resource ?? "", "scan", 1, { since: postedAt(tags.posted) });
  }
  const ready = [whereTag("status", "=", "ReadyForPublish"), whereTag("follow", ">=", dayOf(now)), ...followed];
  for await (const { tags } of correspondences.find(ready.join(" AND "))) {
    const times = { since: postedAt(tags.posted), at: beginningOf(tags.follow) };
    tally.add(tags.resource ?? "", "publishTime", 1, times);
  }
}

function postedAt(posted: string | undefined): string | undefined {
  return beginningOf(posted?.split(" ")[0]);
}

function beginningOf(day: string | undefined): string | undefined {
  return day === undefined ? undefined : timestamp(Date.parse(day));
}

/** Counts letters by resource and cause, and keeps the first and last of their times. */
class Tally {
  readonly #rows = new Map<string, CountedCause>();

  add(
    resource: string,
    cause: WaitingCause | "unknown",
    letters: number,
    { since, at }: { readonly since?: string | undefined; readonly at?: string | undefined },
  ): void {
    const started = since === undefined ? {} : { since };
    this.merge(resource, { cause, letters, ...started, ...(at === undefined ? {} : { next: at, last: at }) });
  }

  merge(resource: string, more: CountedCause["counted"]): void {
    const key = `${more.cause} ${resource}`;
    const known = this.#rows.get(key)?.counted ?? { cause: more.cause, letters: 0 };
    const counted = {
      cause: more.cause,
      letters: known.letters + more.letters,
      ...outermost("since", known.since, more.since, -1),
      ...outermost("next", known.next, more.next, -1),
      ...outermost("last", known.last, more.last, 1),
    };
    this.#rows.set(key, { resource, counted });
  }

  rows(): CountedCause[] {
    return [...this.#rows.values()];
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
