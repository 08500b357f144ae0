// CloudEvents as Altinn Events pushes them.
import * as z from "zod";
import { atLeast, atMost } from "../limits/lengths.ts";
import { altinnId, parseTime, withoutResourcePrefix } from "./wire.ts";

/** What an event is about. */
export type EventAbout = "correspondence" | "attachment" | "notification" | "other";

/** One of Altinn's events. Its subject, which can be a person's identity number, is not kept, unless it is an organisation. */
export interface AltinnEvent {
  readonly id: string;
  /** In lower case, without `no.altinn.correspondence.`; the whole type where it begins otherwise. */
  readonly type: string;
  readonly about: EventAbout;
  /** The id of the correspondence, attachment or notification order; empty where another source gives none. */
  readonly instanceId: string;
  /** Without the prefix `urn:altinn:resource:`. */
  readonly resourceId?: string;
  /** The number of the organisation that it is about. */
  readonly organisation?: string;
  /** When it happened, in epoch milliseconds. */
  readonly time: number;
}

/** What was posted: the question whether this endpoint wants events, an event, or something else. */
export type ParsedEvent =
  | { readonly kind: "validation" }
  | { readonly kind: "event"; readonly event: AltinnEvent }
  /** The problems name attributes and rules, and never repeat values. */
  | { readonly kind: "invalid"; readonly problems: string[] };

const PREFIX = "no.altinn.correspondence.";
const VALIDATION = "platform.events.validatesubscription";

const required = z.object({
  id: z.string().check(atLeast(1), atMost(1024)),
  source: z.string().check(atLeast(1), atMost(2048)),
  type: z.string().check(atLeast(1), atMost(256)),
  specversion: z.literal("1.0"),
});

const organisation = z
  .string()
  .transform((urn) => /^urn:altinn:organization:identifier-no:(\d{9})$/.exec(urn)?.[1])
  .optional()
  .catch(undefined);

const ours = z.object({
  resource: z.string().check(atLeast(1), atMost(512)),
  resourceinstance: altinnId,
  subject: organisation,
  time: z.string().transform(parseTime).pipe(z.number()),
});

const foreign = z.object({
  resource: z.string().check(atMost(512)).optional().catch(undefined),
  resourceinstance: z.string().check(atMost(512)).catch(""),
  subject: organisation,
  time: z.string().transform(parseTime).pipe(z.number()),
});

/** Reads what was posted to the events endpoint: the JSON of one structured CloudEvent. */
export function parseAltinnEvent(value: unknown): ParsedEvent {
  const envelope = required.safeParse(value);
  if (!envelope.success) return { kind: "invalid", problems: problemsOf(envelope.error) };
  const { id, source } = envelope.data;
  const whole = envelope.data.type.toLowerCase();
  if (whole === VALIDATION) return { kind: "validation" };
  const type = whole.startsWith(PREFIX) ? whole.slice(PREFIX.length) : whole;
  const about = aboutOf(source, type, type !== whole);
  const context = (about === "other" ? foreign : ours).safeParse(value);
  if (!context.success) return { kind: "invalid", problems: problemsOf(context.error) };
  const { resource, resourceinstance, time, subject: told } = context.data;
  const resourceId = resource === undefined ? {} : { resourceId: withoutResourcePrefix(resource) };
  const subject = told === undefined ? {} : { organisation: told };
  return { kind: "event", event: { id, type, about, instanceId: resourceinstance, ...resourceId, ...subject, time } };
}

/** The source's last segment says what the instance is; the type's beginning does, where the source does not. */
function aboutOf(source: string, type: string, isOfCorrespondence: boolean): EventAbout {
  const last = source
    .replace(/[?#].*$/s, "")
    .replace(/\/+$/, "")
    .split("/")
    .at(-1)
    ?.toLowerCase();
  if (last === "correspondence" || last === "attachment" || last === "notification") return last;
  if (!isOfCorrespondence) return "other";
  return abouts.find((about) => type.startsWith(about)) ?? "other";
}

const abouts = ["correspondence", "attachment", "notification"] as const;

const rules: Readonly<Record<string, string>> = {
  id: "must be a text of 1 to 1,024 characters",
  source: "must be a text of 1 to 2,048 characters",
  type: "must be a text of 1 to 256 characters",
  specversion: 'must be "1.0"',
  resource: "must be a text of 1 to 512 characters",
  resourceinstance: "must be a UUID",
  time: "must be an RFC 3339 time",
};

/** Names and rules only: values can be anything, identity numbers too. */
function problemsOf(error: z.ZodError): string[] {
  const names = new Set(error.issues.map((issue) => issue.path[0]));
  return [...names].map((name) => {
    const rule = typeof name === "string" ? rules[name] : undefined;
    return rule === undefined ? "The event must be a JSON object." : `${String(name)}: ${rule}.`;
  });
}
