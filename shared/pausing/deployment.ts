// The app's marker: the namespace of this deployment's dispatch ids, made once and kept in the state container.
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { type Clock, timestamp } from "../clock.ts";
import type { JsonBlobs } from "../storage/jsonBlobs.ts";
import { DOCUMENTS, QUEUES } from "../storage/names.ts";
import type { Queues } from "../storage/queues.ts";

const NAME = DOCUMENTS.marker;

const markerSchema = z.object({ version: z.literal(1), namespace: z.uuid(), createdAt: z.string() });

/** This deployment, as its marker names it. */
export interface Deployment {
  /** A UUID: the namespace of dispatch ids, and of those of announcements. */
  readonly namespace: string;
}

/** Where the marker is kept, and by what it is told whether storage is fresh. */
export interface MarkerOptions {
  readonly state: JsonBlobs;
  readonly accepted: JsonBlobs;
  readonly queues: Queues;
  /** Our own queues of senders that have some. */
  readonly ownQueues: readonly string[];
  readonly clock: Clock;
}

/** The marker is missing while there is state or messages of ours: storage was restored or mixed up. */
export class MarkerMissing extends Error {
  override readonly name = "MarkerMissing";
  constructor() {
    super(
      `The app's marker (${NAME} in the container correspondence-state) is missing, or cannot be read, although the app has written state or ` +
        "messages. With a new one, letters that exist would be sent again, so nothing is sent. Restore the marker from a " +
        'backup of the container; see docs/operating.md, "When something is wrong".',
    );
  }
}

/**
 * Reads the marker once, and makes it where storage is fresh. A failure is not remembered.
 * @returns a function that gives the deployment, and throws {@link MarkerMissing} as long as there must be a marker but is none
 */
export function createDeploymentReader(options: MarkerOptions): () => Promise<Deployment> {
  let known: Promise<Deployment> | undefined;
  return () => {
    known ??= findNamespace(options)
      .then((namespace) => ({ namespace }))
      .catch((error: unknown) => {
        known = undefined;
        throw error;
      });
    return known;
  };
}

async function findNamespace(options: MarkerOptions): Promise<string> {
  const found = await read(options.state);
  if (found) return found;
  if (!(await isFresh(options))) {
    // Another instance may have made the marker, and written state, since we looked.
    const madeMeanwhile = await read(options.state);
    if (madeMeanwhile) return madeMeanwhile;
    throw new MarkerMissing();
  }
  const namespace = randomUUID();
  const marker = { version: 1, namespace, createdAt: timestamp(options.clock.now()) };
  if ((await options.state.create(NAME, marker)) !== undefined) return namespace;
  const others = await read(options.state);
  if (others) return others;
  throw new MarkerMissing();
}

/** True if the marker is there and still names this namespace. */
export async function isMarkerThere(state: JsonBlobs, namespace: string): Promise<boolean> {
  try {
    return (await read(state)) === namespace;
  } catch (error) {
    if (error instanceof MarkerMissing) return false;
    throw error;
  }
}

/** True if there is a marker, whichever. Makes none. */
export async function hasMarker(state: JsonBlobs): Promise<boolean> {
  return state.exists(NAME);
}

async function read(state: JsonBlobs): Promise<string | undefined> {
  const stored = await state.read(NAME);
  if (!stored) return undefined;
  const marker = markerSchema.safeParse(stored.value);
  // One that cannot be read is as good as none, and there is state beside it.
  if (!marker.success) throw new MarkerMissing();
  return marker.data.namespace;
}

async function isFresh({ state, accepted, queues, ownQueues }: MarkerOptions): Promise<boolean> {
  const empty = await Promise.all([
    // An operator may have pulled the brake, or listed the senders, before the first start.
    state.isEmpty(DOCUMENTS.brake, DOCUMENTS.senders),
    accepted.isEmpty(),
    queues.isEmpty(QUEUES.dispatches),
    queues.isEmpty(QUEUES.statusChecks),
    // One may not have been made yet.
    ...ownQueues.map(async (queue) => !(await queues.length(queue))),
  ]);
  return empty.every(Boolean);
}
