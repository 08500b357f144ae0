// What erasing works with, over storage directly: loaded only when something is to be erased.
import { systemClock } from "../../shared/clock.ts";
import type { ErasingContext } from "../../shared/erasing/context.ts";
import { createStateStore } from "../../shared/records/stateStore.ts";
import type { StorageClients } from "../../shared/storage/clients.ts";
import { createJsonBlobs } from "../../shared/storage/jsonBlobs.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { createMessageRemoval } from "../../shared/storage/removeMessages.ts";

/** The parts that erasing takes, of one storage account. */
export function contextOf({ blobs, queues }: Pick<StorageClients, "blobs" | "queues">): ErasingContext {
  const of = (container: string) => createJsonBlobs(blobs.getContainerClient(container));
  const accepted = of(CONTAINERS.accepted);
  return {
    store: createStateStore({ state: of(CONTAINERS.state), accepted, deadLetters: of(CONTAINERS.deadLetters) }),
    accepted,
    requests: of(CONTAINERS.requests),
    attachments: of(CONTAINERS.attachments),
    removeMessages: createMessageRemoval(queues),
    clock: systemClock,
  };
}
