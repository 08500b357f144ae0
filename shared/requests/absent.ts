// Nulls that mean "not given": serialisers of C# and Java write them, and Altinn refuses them in these fields.
import { isObject } from "./json.ts";
import type { FieldNames } from "./names.ts";

const leftOut: FieldNames = {};

/** Where null counts as absent: every optional field of the contract in which Altinn does not take null itself. */
const optional: FieldNames = {
  id: leftOut,
  correspondence: {
    content: {
      bodyFormat: leftOut,
      attachments: { blob: leftOut, isEncrypted: leftOut, dataLocationType: leftOut },
    },
    propertyList: leftOut,
    notification: {
      notificationChannel: leftOut,
      emailContentType: leftOut,
      sendReminder: leftOut,
      overrideRegisteredContactInformation: leftOut,
    },
    isConfirmationNeeded: leftOut,
    isConfidential: leftOut,
    allowForwarding: leftOut,
  },
  existingAttachments: leftOut,
};

/** The same request without such nulls. Of what is changed there is a copy; a request without them is given back as it is. */
export function withoutNulls(value: unknown, names: FieldNames = optional): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutNulls(item, names));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isObject(value)) return value;
  const changed = new Map<string, unknown>();
  for (const [name, below] of Object.entries(names)) {
    if (!Object.hasOwn(value, name)) continue;
    const kept = value[name] === null ? undefined : withoutNulls(value[name], below);
    if (kept !== value[name]) changed.set(name, kept);
  }
  if (changed.size === 0) return value;
  // Not by assignment: a field named __proto__ must stay a field.
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, below]): [string, unknown] => [name, changed.has(name) ? changed.get(name) : below])
      .filter(([name, below]) => below !== undefined || !changed.has(name)),
  );
}
