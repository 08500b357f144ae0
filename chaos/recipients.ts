// Who the letters go to, all of them made up, and what each does with a letter that is published.
import { organization } from "../local/parties.ts";

/** What a recipient does. Each rule ends with what settles a letter, after which nobody asks about it any more. */
export interface Behaviour {
  readonly rule: string;
  readonly recipients: readonly [string, ...string[]];
}

/** So many organisations read what they get. */
const READERS = 120;
const SPECIAL = 12;

function organizations(first: number, count: number): readonly [string, ...string[]] {
  const others = Array.from({ length: count - 1 }, (_, index) => organization(first + 1 + index));
  return [organization(first), ...others];
}

export const BEHAVIOURS = {
  read: { rule: "read after 2 m", recipients: organizations(10, READERS) },
  confirm: { rule: "read after 1 m, confirmed after 4 m", recipients: organizations(10 + READERS, SPECIAL) },
  purge: { rule: "purgedByRecipient after 5 m", recipients: organizations(10 + READERS + SPECIAL, SPECIAL) },
  /** A download shows nowhere but in a poll, and hides the reading. */
  download: {
    rule: "attachmentsDownloaded after 2 m, read after 1 h",
    recipients: organizations(10 + READERS + 2 * SPECIAL, SPECIAL),
  },
} as const satisfies Readonly<Record<string, Behaviour>>;

/** Those that the simulator's registers know something special of. */
export const RESERVED = "urn:altinn:person:identifier-no:02014900120";
export const UNKNOWN = "urn:altinn:organization:identifier-no:310000019";
