// A cancel: a message that takes back a request, or one letter, that is not published yet.
import * as z from "zod";
import { atLeast, atMost } from "../limits/lengths.ts";
import { isObject, type JsonObject } from "./json.ts";
import { traceNames, withCanonicalNames } from "./names.ts";
import type { Problem } from "./problem.ts";
import { traceFields } from "./trace.ts";

/** What a cancel names. */
export type CancelTarget =
  /** Every letter of the request with this id, 1 to 256 characters. */
  | { readonly requestId: string }
  /** The one letter with this id of Altinn's, in lower case. */
  | { readonly correspondenceId: string };

/** A message that says `cancel`, read; or everything that is wrong with it. */
export type ParsedCancel =
  | { readonly kind: "cancel"; readonly target: CancelTarget }
  | { readonly kind: "problems"; readonly problems: Problem[] };

const requestIdSchema = z
  .string()
  .check(atLeast(1), atMost(256))
  .describe("The id of a request: each of its letters is cancelled.");
const correspondenceIdSchema = z.guid().describe("Altinn's id of the one letter to cancel.");

/** A cancel, for editors: {@link parseCancel} says what is wrong with one. */
export const cancelSchema = z
  .strictObject({
    cancel: z
      .union([
        z.strictObject({ requestId: requestIdSchema }),
        z.strictObject({ correspondenceId: correspondenceIdSchema }),
      ])
      .describe("What to take back, as long as it is not published."),
    ...traceFields,
  })
  .describe("Takes back a request, or one letter, that is not published yet.");

const NAMES = { cancel: { requestId: {}, correspondenceId: {} }, ...traceNames };

/**
 * Reads `{ "cancel": { "requestId": "..." } }` or `{ "cancel": { "correspondenceId": "<guid>" } }`, names in any case, beside
 * which only a trace may stand; `undefined` if the message is no cancel.
 */
export function parseCancel(message: JsonObject): ParsedCancel | undefined {
  const named = withCanonicalNames(message, NAMES);
  if (!isObject(named) || !Object.hasOwn(named, "cancel")) return undefined;
  const { cancel, traceparent: _trace, tracestate: _state, ...beside } = named;
  const problems = Object.keys(beside).map((path) =>
    problem(path, "cancel", "Stands beside cancel, which goes alone."),
  );
  if (!isObject(cancel)) {
    return { kind: "problems", problems: [problem("cancel", "object", ONE_OF_TWO), ...problems] };
  }
  const target = targetOf(cancel);
  return "rule" in target || problems.length > 0
    ? { kind: "problems", problems: [...("rule" in target ? [target] : []), ...problems] }
    : { kind: "cancel", target };
}

function targetOf(cancel: JsonObject): CancelTarget | Problem {
  const { requestId, correspondenceId, ...others } = cancel;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return problem(`cancel.${unknown}`, "unknownField", ONE_OF_TWO);
  if ((requestId === undefined) === (correspondenceId === undefined)) return problem("cancel", "oneOf", ONE_OF_TWO);
  if (correspondenceId === undefined) {
    const parsed = requestIdSchema.safeParse(requestId);
    return parsed.success
      ? { requestId: parsed.data }
      : problem("cancel.requestId", "requestId", "Must be a request's id: a text of 1 to 256 characters.");
  }
  const parsed = correspondenceIdSchema.safeParse(correspondenceId);
  return parsed.success
    ? { correspondenceId: parsed.data.toLowerCase() }
    : problem("cancel.correspondenceId", "guid", "Must be Altinn's id of a letter: a GUID with hyphens.");
}

const ONE_OF_TWO = "Must be an object with either requestId or correspondenceId, and nothing else.";

function problem(path: string, rule: string, message: string): Problem {
  return { path, rule, message };
}
