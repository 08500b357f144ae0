// Log lines: structured, one per invocation and one per outcome, with events and fields from closed lists only.
import type { LogEvent } from "./logEvents.ts";

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
  readonly dequeueCount?: number;
  readonly durationMs?: number;
  readonly outcome?: string;
  readonly requestHash?: string;
  readonly dispatchId?: string;
  readonly correspondenceId?: string;
  readonly attachmentId?: string;
  readonly eventId?: string;
  readonly eventType?: string;
  readonly resourceId?: string;
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

/** The names of all fields that a log line can have. */
export const LOG_FIELDS: ReadonlySet<string> = new Set<keyof LogFields>([
  "function",
  "invocationId",
  "messageId",
  "dequeueCount",
  "durationMs",
  "outcome",
  "requestHash",
  "dispatchId",
  "correspondenceId",
  "attachmentId",
  "eventId",
  "eventType",
  "resourceId",
  "end",
  "reason",
  "status",
  "httpStatus",
  "errorCode",
  "cause",
  "call",
  "generation",
  "attempts",
  "delaySeconds",
  "checks",
  "checked",
  "failed",
  "missed",
  "putBacks",
  "lettersLastHour",
  "pausedSecondsAgo",
  "total",
  "problems",
  "deadLetter",
  "action",
  "actor",
  "errorType",
]);

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

/** Telemetry that hands each line, as JSON, to `sink`. */
export function createTelemetry(sink: (level: LogLevel, line: string) => void): Telemetry {
  const write = (level: LogLevel, event: LogEvent, fields: LogFields = {}) => {
    const line: Record<string, unknown> = { event };
    for (const [key, value] of Object.entries(fields)) {
      if (LOG_FIELDS.has(key) && value !== undefined) line[key] = short(inForm(key, value));
    }
    sink(level, JSON.stringify(line));
  };
  return {
    info: (event, fields) => write("info", event, fields),
    warn: (event, fields) => write("warn", event, fields),
    alert: (event, fields) => write("error", event, fields),
  };
}

function inForm(key: string, value: unknown): unknown {
  const form = FORMS.get(key);
  return form === undefined || (typeof value === "string" && form.test(value)) ? value : WITHHELD;
}

function short(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(short);
  return typeof value === "string" ? value.slice(0, MAX_VALUE) : value;
}
