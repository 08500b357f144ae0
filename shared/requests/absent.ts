// Nulls that mean "not given": serialisers of C# and Java write them, and Altinn refuses them in these fields.
import { isObject } from "./json.ts";

const letter = "correspondence";
const content = `${letter}.content`;
const notification = `${letter}.notification`;

/** Where null counts as absent: every optional field of the contract in which Altinn does not take null itself. */
const absentWhenNull: ReadonlySet<string> = new Set([
  "id",
  "existingAttachments",
  ...["propertyList", "isConfirmationNeeded", "isConfidential", "allowForwarding"].map((name) => `${letter}.${name}`),
  ...["bodyFormat", "attachments"].map((name) => `${content}.${name}`),
  ...["blob", "isEncrypted", "dataLocationType"].map((name) => `${content}.attachments.${name}`),
  ...["notificationChannel", "emailContentType", "sendReminder", "overrideRegisteredContactInformation"].map(
    (name) => `${notification}.${name}`,
  ),
]);

/** The objects, and lists of objects, that have such fields. */
const parents: ReadonlySet<string> = new Set([letter, content, `${content}.attachments`, notification]);

/**
 * A request with canonical names without such nulls. Of what is changed there is a copy; what has none is given back as it is.
 *
 * @param path of the value, without the indexes of lists; empty for the request itself
 */
export function withoutNulls(value: unknown, path = ""): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutNulls(item, path));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isObject(value)) return value;
  let isChanged = false;
  const kept: [string, unknown][] = [];
  for (const [name, below] of Object.entries(value)) {
    const at = path === "" ? name : `${path}.${name}`;
    const now = parents.has(at) ? withoutNulls(below, at) : below;
    const isAbsent = below === null && absentWhenNull.has(at);
    if (isAbsent || now !== below) isChanged = true;
    if (!isAbsent) kept.push([name, now]);
  }
  // Not by assignment: a field named __proto__ must stay a field.
  return isChanged ? Object.fromEntries(kept) : value;
}
