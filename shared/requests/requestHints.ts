// What helps somebody whose request lacks a field that it must have: where the field seems to be instead.
import { field, isObject } from "./json.ts";
import { requestNames } from "./names.ts";
import { meantName, plainName } from "./similarNames.ts";
import type { UnknownField } from "./unknownFields.ts";

/**
 * What to add to the message that a required field is missing, by its path in canonical names.
 *
 * @param unknown the fields of the request that are not known
 */
export function hintsOnMissing(
  request: unknown,
  unknown: readonly UnknownField[],
): (path: string) => string | undefined {
  const meant = new Map(unknown.map((other) => [other.meant, String(other.path.at(-1))]));
  return (path) => {
    const written = meant.get(path);
    if (written !== undefined) return `Is it ${written} that is meant for it?`;
    return path === "correspondence" ? hintOnShape(request) : undefined;
  };
}

const lettersFields: ReadonlySet<string> = new Set(
  Object.keys(requestNames.correspondence ?? {})
    .concat("recipient", "visibleFrom", "notifications", "isReservable", "messageTitle", "messageBody")
    .map(plainName),
);

/** Names under which envelopes carry what they are about: Event Grid and CloudEvents, buses, the web. */
const wrappers = ["data", "body", "message", "payload", "request", "value", "content", "detail"];

function hintOnShape(request: unknown): string | undefined {
  if (!isObject(request)) return undefined;
  const names = Object.keys(request);
  const wrapper = names.find((name) => wrappers.includes(name.toLowerCase()) && holdsRequest(request[name]));
  if (wrapper !== undefined) {
    return `The request stands in ${wrapper}, as in an envelope (of Event Grid, say): drop the request by itself.`;
  }
  if (["specversion", "eventType", "topic"].some((name) => field(request, name) !== undefined)) {
    return "This looks like an event (CloudEvents or Event Grid): drop the request by itself.";
  }
  const loose = names.filter((name) => lettersFields.has(plainName(name)));
  if (loose.length === 0) return meantAsOther(names);
  const [first = "", second] = loose;
  const which =
    second === undefined ? first : loose.length === 2 ? `${first} and ${second}` : `${first}, ${second} ...`;
  return (
    `The letter's fields (${which}) stand by themselves: put them into "correspondence", and the recipients into the ` +
    'list "recipients" beside it. (Altinn changed this in August 2024: "recipient" became the list "recipients", ' +
    '"visibleFrom" became "requestedPublishTime", and the list "notifications" one "notification".)'
  );
}

function holdsRequest(value: unknown): boolean {
  if (typeof value === "string") return /"correspondence"/i.test(value);
  return isObject(value) && Object.keys(value).some((name) => name.toLowerCase() === "correspondence");
}

/** The messages that are no requests, misspelt. */
function meantAsOther(names: readonly string[]): string | undefined {
  const other = ["cancel", "requestBlob"].find((known) => names.some((name) => meantName(name, [known])?.isSure));
  return other === undefined ? undefined : `Did you mean ${other}, which goes alone?`;
}
