// A cancel: a message that takes back a request, or one letter, that is not published yet.
import { isObject, type JsonObject } from "./json.ts";
import { withCanonicalNames } from "./names.ts";
import type { Problem } from "./problem.ts";

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

const NAMES = { cancel: { requestId: {}, correspondenceId: {} } };
const MAX_REQUEST_ID = 256;
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Reads `{ "cancel": { "requestId": "..." } }` or `{ "cancel": { "correspondenceId": "<guid>" } }`, names in any case;
 * `undefined` if the message is no cancel.
 */
export function parseCancel(message: JsonObject): ParsedCancel | undefined {
  const named = withCanonicalNames(message, NAMES);
  if (!isObject(named) || !Object.hasOwn(named, "cancel")) return undefined;
  const { cancel, ...beside } = named;
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
    return typeof requestId === "string" && requestId.length >= 1 && requestId.length <= MAX_REQUEST_ID
      ? { requestId }
      : problem(
          "cancel.requestId",
          "requestId",
          `Must be a request's id: a text of 1 to ${MAX_REQUEST_ID} characters.`,
        );
  }
  return typeof correspondenceId === "string" && GUID.test(correspondenceId)
    ? { correspondenceId: correspondenceId.toLowerCase() }
    : problem("cancel.correspondenceId", "guid", "Must be Altinn's id of a letter: a GUID with hyphens.");
}

const ONE_OF_TWO = "Must be an object with either requestId or correspondenceId, and nothing else.";

function problem(path: string, rule: string, message: string): Problem {
  return { path, rule, message };
}
