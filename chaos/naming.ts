// How a run's letters are told apart and named, for the verdict.
import type { AltinnLetter } from "./altinn.ts";
import type { KeptDeadLetter } from "./evidence.ts";

/** A letter's name: its request's reference, which is the request's own, and its recipient. */
export function nameOf({ reference, recipient }: { readonly reference: string; readonly recipient: string }): string {
  return `${reference} to ${recipient.slice(recipient.lastIndexOf(":") + 1)}`;
}

/** A letter for people: its name and Altinn's id. */
export function describe(letter: AltinnLetter): string {
  return `${nameOf(letter)}, letter ${letter.correspondenceId}`;
}

/** True if the sender purged it before it was published, so that nobody got it. */
export function isTakenBack({ statuses }: AltinnLetter): boolean {
  return statuses.includes("PurgedByAltinn") && !statuses.includes("Published");
}

/** True if the dead letter is about the letter: of this recipient, or of the whole request. */
export function concerns(
  dead: KeptDeadLetter,
  letter: { readonly reference: string; readonly recipient: string; readonly requestBlob?: string },
): boolean {
  // Of a blob that is gone nobody knows what was in it.
  if (dead.reference === undefined && letter.requestBlob !== undefined) {
    return dead.content.includes(JSON.stringify(letter.requestBlob));
  }
  return dead.reference === letter.reference && (dead.recipient ?? letter.recipient) === letter.recipient;
}

/** The items by what `keyOf` gives of each. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
