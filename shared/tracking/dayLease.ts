// Who checks the letters of one resource and day: one message at a time. Two sweeps that overlap would ask Altinn twice.
import * as z from "zod";
import { type Clock, MINUTE, SECOND } from "../clock.ts";
import type { DayCheck } from "../messages/checkMessage.ts";
import type { JsonBlobs } from "../storage/jsonBlobs.ts";
import { whileRenewed } from "../storage/lease.ts";
import { FOLDERS, recordName } from "../storage/names.ts";
import { sha256 } from "../storage/tags.ts";

/** How long it holds without being renewed, in milliseconds: an instance that dies is waited for no longer. */
const LEASE = 2 * MINUTE;

const schema = z.looseObject({ version: z.literal(1), by: z.string(), until: z.number() });

/** What came of taking a lease. */
export type Held =
  | { readonly kind: "done" }
  /** This message has it: the instance that took the message may have died. It runs out then, in so many milliseconds. */
  | { readonly kind: "ours"; readonly forMs: number }
  /** Another message has it, which does what this one asks for. It is delivered again should its instance die. */
  | { readonly kind: "others" };

/** Does `work` under the lease of a resource and day. `by` names the message: the same each time that it is delivered. */
export async function underDayLease(
  { documents, clock }: { readonly documents: JsonBlobs; readonly clock: Clock },
  { resourceId, day }: DayCheck,
  by: string,
  work: () => Promise<void>,
): Promise<Held> {
  const name = recordName(FOLDERS.checks, sha256(`${resourceId} ${day}`));
  const claim = () => ({ version: 1, by, until: clock.now() + LEASE });
  let etag = await documents.create(name, claim());
  if (etag === undefined) {
    const stored = await documents.read(name);
    const known = schema.safeParse(stored?.value).data;
    const forMs = known ? known.until - clock.now() : 0;
    // What lies further ahead was written by a clock that goes wrong.
    if (known && forMs > 0 && forMs <= 2 * LEASE) return known.by === by ? { kind: "ours", forMs } : { kind: "others" };
    etag = stored ? await documents.replace(name, claim(), stored.etag) : await documents.create(name, claim());
    if (etag === undefined) return { kind: "others" };
  }
  let held = etag;
  const renew = async () => {
    held = (await documents.replace(name, claim(), held)) ?? held;
  };
  await whileRenewed(Math.max(LEASE / 4 / clock.scale, SECOND), renew, work);
  // When the work throws, the message is delivered again, and waits for the lease to run out.
  await documents.remove(name, held);
  return { kind: "done" };
}
