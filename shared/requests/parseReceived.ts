// What a reader of the organisation's own letters asks for: that one is marked as read, confirmed, or purged.
import * as z from "zod";
import { RECIPIENT_ACTIONS, type RecipientAction } from "../altinn/recipientActions.ts";
import { isObject, type JsonObject } from "./json.ts";
import { traceNames, withCanonicalNames } from "./names.ts";
import type { Problem } from "./problem.ts";
import { traceFields } from "./trace.ts";

/** A message that says `received`, read; or everything that is wrong with it. */
export type ParsedReceived =
  | { readonly kind: "received"; readonly correspondenceId: string; readonly action: RecipientAction }
  | { readonly kind: "problems"; readonly problems: Problem[] };

const idSchema = z.guid().describe("Altinn's id of the letter.");
const actionSchema = z.enum(RECIPIENT_ACTIONS).describe("What is to be done with it.");

/** Such a message, for editors: {@link parseReceived} says what is wrong with one. */
export const receivedSchema = z
  .strictObject({
    received: z.strictObject({ correspondenceId: idSchema, action: actionSchema }),
    ...traceFields,
  })
  .describe("Has a letter that your organisation received marked as read, confirmed, or purged.");

const NAMES = { received: { correspondenceId: {}, action: {} }, ...traceNames };

/**
 * Reads `{ "received": { "correspondenceId": "<guid>", "action": "read" | "confirm" | "purge" } }`, names in any case, beside
 * which only a trace may stand; `undefined` if the message is no such.
 */
export function parseReceived(message: JsonObject): ParsedReceived | undefined {
  // Of a letter no more than its few names are looked at.
  if (!Object.keys(message).some((name) => name.toLowerCase() === "received")) return undefined;
  const named = withCanonicalNames(message, NAMES);
  if (!isObject(named)) return undefined;
  const { received, traceparent: _trace, tracestate: _state, ...beside } = named;
  const problems = Object.keys(beside).map((path) =>
    problem(path, "received", "Stands beside received, which goes alone."),
  );
  if (!isObject(received)) return { kind: "problems", problems: [problem("received", "object", FORM), ...problems] };
  const { correspondenceId, action, ...others } = received;
  for (const name of Object.keys(others)) problems.push(problem(`received.${name}`, "unknownField", FORM));
  const id = idSchema.safeParse(correspondenceId);
  const wished = actionSchema.safeParse(action);
  if (!id.success) {
    problems.push(
      problem("received.correspondenceId", "guid", "Must be Altinn's id of a letter: a GUID with hyphens."),
    );
  }
  if (!wished.success) {
    problems.push(problem("received.action", "action", `Must be one of ${RECIPIENT_ACTIONS.join(", ")}.`));
  }
  return id.success && wished.success && problems.length === 0
    ? { kind: "received", correspondenceId: id.data.toLowerCase(), action: wished.data }
    : { kind: "problems", problems };
}

const FORM = "Must be an object with correspondenceId and action, and nothing else.";

function problem(path: string, rule: string, message: string): Problem {
  return { path, rule, message };
}
