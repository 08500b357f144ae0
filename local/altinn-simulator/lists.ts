// Finding correspondences: by idempotent key, or by status and publish time.

import { type Answer, codedError, jsonAnswer, modelFailure } from "./answer.ts";
import { isUuid, parseEnum, parseTime } from "./model/values.ts";
import { isToOwner } from "./recipientLetters.ts";
import { lookUpResource, mayUse } from "./rules/resources.ts";
import type { Correspondence } from "./state.ts";
import { hasBeen, statusNames } from "./statuses.ts";
import type { World } from "./world.ts";

const most = 1_000;
const roles = ["Recipient", "Sender", "RecipientAndSender"] as const;

/** `GET /correspondence`. Names of parameters count in any case. */
export function listCorrespondences(world: World, query: URLSearchParams): Answer {
  const given = new Map([...query].map(([name, value]) => [name.toLowerCase(), value]));
  const read = readQuery(given);
  if ("fields" in read) return modelFailure(read.fields);
  const { resourceId, key, from, to, status, role, reference } = read;
  const resource = lookUpResource(resourceId);
  if (!mayUse(resource, world.options.owner)) return codedError(4001);
  if (from !== undefined && to !== undefined && from > to) return codedError(1027);
  if (key !== undefined) {
    const letter = world.byKey.get(key);
    return jsonAnswer(200, { ids: letter === undefined ? [] : [letter.id] });
  }
  const isTheirs = (letter: Correspondence): boolean =>
    (role !== "Recipient" && letter.owner === world.options.owner) ||
    (role !== "Sender" && isToOwner(world, letter) && hasBeen(letter.statuses, "Published"));
  const found = world.state.correspondences.filter((letter) => {
    const time = letter.requestedPublishTime;
    return (
      isTheirs(letter) &&
      // The prefix is not taken off here: with it nothing is found.
      letter.resourceId === resourceId &&
      (from === undefined || time > from) &&
      (to === undefined || time < to) &&
      (reference === undefined || letter.request.correspondence?.sendersReference === reference) &&
      (status === undefined || (status !== "Fetched" && letter.statuses.some((entry) => entry.status === status)))
    );
  });
  const newestFirst = found.reverse().sort((a, b) => b.requestedPublishTime - a.requestedPublishTime);
  return jsonAnswer(200, { ids: newestFirst.slice(0, most).map(({ id }) => id) });
}

type Query = Map<string, string>;

function readQuery(given: Query) {
  const fields: Record<string, string[]> = {};
  const required = (name: string): string => {
    const value = given.get(name.toLowerCase()) ?? "";
    if (value.trim() === "") fields[name] = [`The ${name} field is required.`];
    return value;
  };
  const optional = <T>(name: string, parse: (text: string) => T | undefined): T | undefined => {
    const text = given.get(name.toLowerCase());
    if (text === undefined || text.trim() === "") return undefined;
    const value = parse(text);
    if (value === undefined) fields[name] = [`The value '${text}' is not valid.`];
    return value;
  };
  const named =
    <T extends string>(names: readonly T[]) =>
    (text: string): T | undefined => {
      const number = parseEnum(text, names);
      return number === undefined ? undefined : names[number];
    };
  required("role");
  const role = optional("role", named(roles));
  const resourceId = required("resourceId");
  const status = optional("status", named(statusNames));
  const from = optional("from", looseTime);
  const to = optional("to", looseTime);
  const key = optional("idempotentKey", (text) => (isUuid(text) ? text.toLowerCase() : undefined));
  const reference = optional("sendersReference", (text) => text);
  if (Object.keys(fields).length > 0) {
    // Altinn also lists the parameters that were fine.
    if (fields.resourceId === undefined) fields.resourceId = [];
    return { fields };
  }
  return { resourceId, role, status, from, to, key, reference };
}

/** A `+` in a query that was not encoded arrives as a space. */
function looseTime(text: string): number | undefined {
  return parseTime(text.trim()) ?? parseTime(text.trim().replace(" ", "+"));
}
