// Records written straight into storage, as the app leaves them: many letters without sending one.
import type { FindingContext } from "../../shared/finding/context.ts";
import { createContactLog } from "../../shared/pausing/contact.ts";
import { recordOf } from "../../shared/records/mergeCorrespondence.ts";
import { createStateStore } from "../../shared/records/stateStore.ts";
import { indexSenders, type NamedSender } from "../../shared/senders/owners.ts";
import { createJsonBlobs } from "../../shared/storage/jsonBlobs.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import type { StorageAccount } from "../harness/storage.ts";
import { TestClock } from "../harness/testClock.ts";
import { aLink, heard, NOON } from "../records/additions.ts";

/** A UUID that tells `n`, of a kind that `kind` (hexadecimal) tells. */
export function anId(kind: string, n: number): string {
  return `${kind.padStart(8, "0")}-0000-4000-8000-${String(n).padStart(12, "0")}`;
}

/** What finding letters takes, over an account's storage. */
export function findingIn(
  { blobs }: StorageAccount,
  clock = new TestClock(NOON),
  senders: readonly NamedSender[] = [],
): FindingContext {
  const documentsOf = (container: string) => createJsonBlobs(blobs.getContainerClient(container));
  const state = documentsOf(CONTAINERS.state);
  const store = createStateStore({
    state,
    accepted: documentsOf(CONTAINERS.accepted),
    deadLetters: documentsOf(CONTAINERS.deadLetters),
  });
  return {
    clock,
    store,
    contact: createContactLog(state, clock, "test"),
    isBrakeSet: false,
    senders: indexSenders(senders),
  };
}

/** A letter that was sent at once: its correspondence is its only record. */
export async function sentLetter(
  { store }: FindingContext,
  n: number,
  link: Parameters<typeof aLink>[0] = {},
  more: Parameters<typeof heard>[0] = {},
): Promise<void> {
  const correspondenceId = anId("c", n);
  const record = recordOf(
    heard({
      correspondenceId,
      resourceId: "test-letters",
      facts: [{ status: "Published", time: NOON, source: "overview" }],
      link: aLink({ dispatchId: anId("d", n), ...link }),
      ...more,
    }),
  );
  await store.correspondences.create(correspondenceId, record);
}
