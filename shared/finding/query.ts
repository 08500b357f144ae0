// Which letters are asked for: read from the parameters of a URL or of a command, every wrong one named.
import * as z from "zod";
import { withoutResourcePrefix } from "../altinn/wire.ts";
import { DAY } from "../clock.ts";
import type { NamedSender, SendersOf } from "../senders/owners.ts";
import { DIRECTIONS, type Direction, letterStatus, STATUSES_OF } from "./words.ts";

/** The most letters on a page. */
export const LARGEST_PAGE = 200;

const USUAL_PAGE = 50;

const id = z.guid({ error: "must be a UUID, such as 5a2f0a3e-1f7b-4c53-9d5e-0b6a3c9e1d42" }).toLowerCase();
const written = z.string().min(1, { error: "must not be empty" });

/** A day, or a moment with its zone: where it begins and, for a day, where it ends, in epoch milliseconds. */
export const moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: "must be a day (UTC), such as 2030-01-31, or a time with its zone, such as 2030-01-31T12:00:00Z",
  })
  .transform((text) => {
    const begin = Date.parse(text);
    return { begin, end: text.length === 10 ? begin + DAY : begin };
  });

const limit = z
  .string()
  .regex(/^(?:[1-9]\d?|1\d\d|200)$/, { error: `must be a number from 1 to ${LARGEST_PAGE}` })
  .transform(Number);

/** The parameters that page through an answer. */
export const pageParameters = {
  limit: limit.optional().describe(`How many at most, 1 to ${LARGEST_PAGE}; ${USUAL_PAGE} by default`),
  next: written.optional().describe("Where the next page begins, as the page before says"),
};

const direction = z.enum(DIRECTIONS, { error: `must be ${DIRECTIONS.join(" or ")}` });

/** A number of an organisation, as URN, with Altinn's older prefix, or alone; becomes the URN. */
const organization = z
  .string()
  .regex(/^(?:urn:altinn:organization:identifier-no:|0192:)?\d{9}$/, {
    error: "must be the number of an organisation: nine digits",
  })
  .transform((text) => `urn:altinn:organization:identifier-no:${text.slice(-9)}`);

/** Parameters that only letters of one direction have. */
const ONLY: Readonly<Record<string, Direction>> = {
  requestId: "sent",
  dispatchId: "sent",
  sender: "sent",
  sentBy: "received",
};

/** The parameters that narrow an answer to some of the letters. */
export const narrowingParameters = {
  resource: written.transform(withoutResourcePrefix).optional().describe("The resource, with or without its prefix"),
  sender: written.optional().describe("The name of a sender in SENDERS: letters on its resources"),
};

/** The parameters by which letters are asked for: all that are given must hold. */
export const letterParameters = z
  .strictObject({
    direction: direction
      .optional()
      .describe(
        "Letters that this app sends (`sent`, the default), or that others send to the organisation (`received`)",
      ),
    requestId: written.optional().describe("The producer's id of the request, or its digest where it had none"),
    reference: written.optional().describe("The letter's sendersReference"),
    correspondenceId: id.optional().describe("Altinn's id of the letter"),
    dispatchId: id.optional().describe("Our id of the letter, which is its idempotent key unless the request gave one"),
    sentBy: organization.optional().describe("Of received letters: the organisation that sent them"),
    ...narrowingParameters,
    status: letterStatus.optional().describe("How far it has come"),
    from: moment.optional().describe("A day (UTC) or a time: letters since then (`since`)"),
    to: moment.optional().describe("A day (UTC), that day included, or a time: letters until then (`since`)"),
    ...pageParameters,
  })
  .refine(
    ({ limit: _limit, next: _next, to: _to, direction, ...named }) =>
      direction === "received" || Object.keys(named).length > 0,
    {
      error: "say which letters: requestId, reference, correspondenceId, dispatchId, resource, sender, status or from",
    },
  )
  .superRefine(({ direction = "sent", status, ...named }, context) => {
    for (const [name, only] of Object.entries(ONLY)) {
      if (name in named && only !== direction) {
        context.addIssue({ code: "custom", path: [name], message: `is of letters with direction=${only} alone` });
      }
    }
    const statuses = STATUSES_OF[direction];
    if (status !== undefined && !statuses.includes(status)) {
      const message = `must be one of ${statuses.join(", ")} where direction is ${direction}`;
      context.addIssue({ code: "custom", path: ["status"], message });
    }
  });

/** Which letters are asked for: those for which all of it holds. Times in epoch milliseconds. */
export interface LetterQuery {
  /** `sent`, unless it says otherwise. */
  readonly direction?: Direction | undefined;
  readonly requestId?: string | undefined;
  readonly reference?: string | undefined;
  readonly correspondenceId?: string | undefined;
  readonly dispatchId?: string | undefined;
  /** As a URN. */
  readonly sentBy?: string | undefined;
  /** On one of these, without URN prefix. */
  readonly resources?: readonly string[] | undefined;
  readonly status?: string | undefined;
  /** Since then. */
  readonly from?: number | undefined;
  /** Before that. */
  readonly before?: number | undefined;
}

/** Which page of an answer. */
export interface Paging {
  readonly limit: number;
  readonly next?: string | undefined;
}

/** One thing that is wrong with what was asked. */
export interface WrongParameter {
  /** Its name; absent where all of them together are meant. */
  readonly parameter?: string;
  readonly detail: string;
}

/** What was asked for, or what is wrong with it. */
export type Asked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly wrong: readonly WrongParameter[] };

/** Reads parameters, and names every one that is wrong. No value is repeated. */
export function readParameters<T>(schema: z.ZodType<T>, given: Readonly<Record<string, unknown>>): Asked<T> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return { ok: true, value: parsed.data };
  return {
    ok: false,
    wrong: parsed.error.issues.flatMap((issue): WrongParameter[] => {
      if (issue.code === "unrecognized_keys") {
        return issue.keys.map((parameter) => ({ parameter, detail: "is no parameter of this" }));
      }
      const parameter = issue.path[0];
      return [{ ...(parameter === undefined ? {} : { parameter: String(parameter) }), detail: issue.message }];
    }),
  };
}

/** The senders of the deployment, as far as whoever asks for their letters need know them. */
export type AskedSenders = SendersOf<NamedSender>;

/** Whose letters are asked for, or on which resource. */
export interface Narrowing {
  /** Without URN prefix. */
  readonly resource?: string | undefined;
  /** By name. */
  readonly sender?: string | undefined;
}

/** On which resources letters are meant; `undefined`: on any. */
export function resourcesOf(
  { sender, resource }: Narrowing,
  senders: AskedSenders,
): Asked<readonly string[] | undefined> {
  if (sender === undefined) return { ok: true, value: resource === undefined ? undefined : [resource] };
  const known = senders.named(sender);
  if (known === undefined) return { ok: false, wrong: [{ parameter: "sender", detail: "is no sender of SENDERS" }] };
  if (resource === undefined) return { ok: true, value: known.resources };
  if (known.resources.includes(resource)) return { ok: true, value: [resource] };
  return { ok: false, wrong: [{ parameter: "resource", detail: "is none of the sender's" }] };
}

/** What of that which waits is asked for. */
export interface WaitingQuery extends Narrowing {
  readonly resources: readonly string[] | undefined;
}

/** Reads what of that which waits is asked for. */
export function readWaitingQuery(given: Readonly<Record<string, unknown>>, senders: AskedSenders): Asked<WaitingQuery> {
  const read = readParameters(z.strictObject(narrowingParameters), given);
  if (!read.ok) return read;
  const resources = resourcesOf(read.value, senders);
  return resources.ok ? { ok: true, value: { ...read.value, resources: resources.value } } : resources;
}

/** Reads which letters are asked for. */
export function readLetterQuery(
  given: Readonly<Record<string, unknown>>,
  senders: AskedSenders,
): Asked<{ readonly query: LetterQuery; readonly paging: Paging }> {
  const read = readParameters(letterParameters, given);
  if (!read.ok) return read;
  const { limit = USUAL_PAGE, next, from, to, sender, resource, ...query } = read.value;
  const resources = resourcesOf({ sender, resource }, senders);
  if (!resources.ok) return resources;
  const named = { ...query, resources: resources.value, from: from?.begin, before: to?.end };
  return { ok: true, value: { query: named, paging: { limit, next } } };
}

/** Reads which page is asked for. */
export function readPaging(given: Readonly<Record<string, unknown>>): Asked<Paging> {
  const read = readParameters(z.strictObject(pageParameters), given);
  return read.ok ? { ok: true, value: { limit: read.value.limit ?? USUAL_PAGE, next: read.value.next } } : read;
}

const letterId = z.union([id, z.string().regex(/^[0-9a-f-]{36,128}\.json$/)], {
  error: "must be a UUID, or the name of a dead letter",
});

/** The parameters by which one letter is shown, beside its id. */
export const showParameters = {
  direction: direction
    .optional()
    .describe("Where the organisation has sent a letter to itself: which side of it. By default as sent"),
};

/** By what one letter is shown. */
export interface LetterId {
  readonly id: string;
  readonly direction?: Direction | undefined;
}

/** Reads by what a letter is shown: the id of its dispatch or of its correspondence, or the name of its dead letter. */
export function readLetterId(given: { readonly id?: unknown; readonly direction?: unknown }): Asked<LetterId> {
  return readParameters(z.object({ id: letterId, ...showParameters }), given);
}
