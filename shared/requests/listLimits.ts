// How long the lists of recipients and attachments may be. What is beyond that is cut off before it is checked.
import { field, isObject } from "./json.ts";

/** The most recipients here. Altinn's own 500 does not bind us: they are sent one by one. */
export const maxRecipients = 10_000;

/** The most attachments, new and existing together (Altinn's rule). */
export const maxAttachments = 100;

interface Limits {
  readonly [name: string]: number | Limits;
}

const limits: Limits = {
  correspondence: { content: { attachments: maxAttachments } },
  recipients: maxRecipients,
  existingAttachments: maxAttachments,
};

/**
 * A request with canonical names whose lists have one item more than they may, at most: of one that is refused for its
 * length, what stands beyond costs time and tells nobody anything. What is not too long is given back as it is.
 */
export function withoutExcess(value: unknown, most: number | Limits = limits): unknown {
  if (typeof most === "number") return Array.isArray(value) && value.length > most ? value.slice(0, most + 1) : value;
  let whole = value;
  for (const [name, below] of Object.entries(most)) {
    const now = withoutExcess(field(whole, name), below);
    if (isObject(whole) && now !== field(whole, name)) whole = { ...whole, [name]: now };
  }
  return whole;
}
