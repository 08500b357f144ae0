// Log lines: structured, one per invocation and one per outcome, with events and fields from closed lists only.
import type { LogEvent } from "./logEvents.ts";
import { idsOf } from "./traceContext.ts";
import { currentTraceparent } from "./traces.ts";

/** How loud a line is. */
export type LogLevel = "info" | "warn" | "error";

/**
 * Everything that a log line may carry. Ids and codes only: never names, identity numbers, addresses, titles, bodies,
 * references, tokens or keys. A request is named by the hash of its id, as its record is, since producers choose the id.
 */
export interface LogFields {
  readonly function?: string;
  readonly invocationId?: string;
  readonly messageId?: string;
  /** Where the message was. */
  readonly queue?: string;
  readonly dequeueCount?: number;
  readonly durationSeconds?: number;
  readonly outcome?: string;
  readonly requestHash?: string;
  readonly dispatchId?: string;
  readonly correspondenceId?: string;
  readonly attachmentId?: string;
  readonly eventId?: string;
  readonly eventType?: string;
  readonly resourceId?: string;
  /** The name of a sender, as the settings have it. */
  readonly sender?: string | undefined;
  readonly end?: string;
  readonly reason?: string;
  readonly status?: string;
  readonly httpStatus?: number;
  readonly errorCode?: number;
  readonly cause?: string;
  readonly call?: string;
  readonly generation?: number;
  readonly attempts?: number;
  readonly delaySeconds?: number;
  readonly checks?: number;
  readonly checked?: number;
  readonly failed?: number;
  readonly missed?: number;
  readonly putBacks?: number;
  readonly lettersLastHour?: number;
  readonly pausedSecondsAgo?: number;
  readonly total?: number;
  readonly problems?: readonly string[];
  readonly deadLetter?: string;
  /** What somebody did, and their object id at Entra. */
  readonly action?: string;
  readonly actor?: string;
  readonly errorType?: string;
}

/** Where log lines go; `alert` lines are those that somebody should act upon. */
export interface Telemetry {
  info(event: LogEvent, fields?: LogFields): void;
  warn(event: LogEvent, fields?: LogFields): void;
  /** An error that alerts: the app goes on, but someone must look. */
  alert(event: LogEvent, fields?: LogFields): void;
}

/**
 * What each field is called in a line: as OpenTelemetry's semantic conventions call it, and where these have no name, as
 * records and announcements do.
 */
const NAMES: Readonly<Record<keyof LogFields, string>> = {
  function: "faas.name",
  invocationId: "faas.invocation_id",
  messageId: "messaging.message.id",
  queue: "messaging.destination.name",
  dequeueCount: "dequeueCount",
  durationSeconds: "faas.invoke_duration",
  outcome: "outcome",
  requestHash: "requestHash",
  dispatchId: "dispatchId",
  correspondenceId: "correspondenceId",
  attachmentId: "attachmentId",
  eventId: "cloudevents.event_id",
  eventType: "cloudevents.event_type",
  resourceId: "resourceId",
  sender: "sender",
  end: "end",
  reason: "reason",
  status: "status",
  httpStatus: "http.response.status_code",
  errorCode: "errorCode",
  cause: "cause",
  call: "call",
  generation: "generation",
  attempts: "attempts",
  delaySeconds: "delaySeconds",
  checks: "checks",
  checked: "checked",
  failed: "failed",
  missed: "missed",
  putBacks: "putBacks",
  lettersLastHour: "lettersLastHour",
  pausedSecondsAgo: "pausedSecondsAgo",
  total: "total",
  problems: "problems",
  deadLetter: "deadLetter",
  action: "action",
  actor: "user.id",
  errorType: "error.type",
};

/** Of the letter or request that a line is about, as OpenTelemetry calls them in logs of other forms than its own. */
const TRACE_ID = "trace_id";
const SPAN_ID = "span_id";

/** The names of all fields that a log line can have, besides `event`. */
export const LOG_FIELDS: ReadonlySet<string> = new Set([...Object.values(NAMES), TRACE_ID, SPAN_ID]);

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The form of what others choose: whoever has the webhook's key writes the event, and whoever may put on `dispatches` the
 * name of a dead letter, and may put an identity number into it. The id of a queue's message is the queue's; a host that
 * took it from the message would make it the producer's. The rest is made by Altinn, by storage or by this app.
 */
const FORMS: ReadonlyMap<string, RegExp> = new Map<keyof LogFields, RegExp>([
  ["messageId", UUID],
  ["eventId", UUID],
  ["actor", UUID],
  ["eventType", /^[a-z]+(?:\.[a-z]+)*$/],
  ["deadLetter", /^[0-9a-f-]+\.json$/],
  ["resourceId", /^(?!.*\d{11})[\w.-]+$/],
]);

const WITHHELD = "(withheld)";

/** The longest value of a field, in characters: a log line is no place to keep things. */
const MAX_VALUE = 256;

/**
 * Telemetry that hands each line, as JSON, to `sink`. A line of a piece of work that is about a letter carries its trace.
 *
 * @param functionApp the name of the function app, where there is one: in Azure the name of a function begins with it
 */
export function createTelemetry(sink: (level: LogLevel, line: string) => void, functionApp?: string): Telemetry {
  const write = (level: LogLevel, event: LogEvent, fields: LogFields = {}) => {
    const line: Record<string, unknown> = { event };
    for (const [key, value] of Object.entries(fields)) {
      if (isField(key) && value !== undefined) line[NAMES[key]] = short(inForm(key, value));
    }
    if (functionApp !== undefined && fields.function !== undefined)
      line[NAMES.function] = `${functionApp}/${fields.function}`;
    sink(level, JSON.stringify({ ...line, ...traceFields() }));
  };
  return {
    info: (event, fields) => write("info", event, fields),
    warn: (event, fields) => write("warn", event, fields),
    alert: (event, fields) => write("error", event, fields),
  };
}

function isField(key: string): key is keyof LogFields {
  return Object.hasOwn(NAMES, key);
}

function traceFields(): Readonly<Record<string, string>> {
  const traceparent = currentTraceparent();
  const ids = traceparent === undefined ? undefined : idsOf(traceparent);
  return ids === undefined ? {} : { [TRACE_ID]: ids.traceId, [SPAN_ID]: ids.spanId };
}

function inForm(key: string, value: unknown): unknown {
  const form = FORMS.get(key);
  return form === undefined || (typeof value === "string" && form.test(value)) ? value : WITHHELD;
}

function short(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(short);
  return typeof value === "string" ? value.slice(0, MAX_VALUE) : value;
}
