// A world whose app receives letters, and what a test asks of it.
import type { Incoming } from "../../local/altinn-simulator/incoming.ts";
import { madeUpChecksum } from "../../local/altinn-simulator/madeUpFile.ts";
import { type LetterAnnouncement, letterAnnouncementSchema } from "../../shared/announcements/letterAnnouncement.ts";
import { SECOND } from "../../shared/clock.ts";
import { CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import type { Storage } from "../harness/storage.ts";
import { World, type WorldOptions } from "../harness/world.ts";

/** A resource on which others send to the organisation. */
export const THEIR_RESOURCE = "their-letters";
export const ORGANISATION = "991825827";

export async function receivingWorld(storage: Storage, options: WorldOptions = {}): Promise<World> {
  const settings = { RECEIVE_RESOURCES: THEIR_RESOURCE, RECEIVE_ORG: ORGANISATION, ...options.settings };
  return World.start(storage, { ...options, settings });
}

/** Somebody sends a letter, and Altinn publishes it; its id. No event has come of it. */
export async function published(world: World, incoming: Partial<Incoming> = {}): Promise<string> {
  const id = world.simulator.control.sendToOwner({ resourceId: THEIR_RESOURCE, ...incoming });
  world.clock.advance(2 * SECOND);
  await world.simulator.control.advance();
  return id;
}

/** The same, and its event comes; the message of it waits. */
export async function heard(world: World, incoming: Partial<Incoming> = {}): Promise<string> {
  const id = await published(world, incoming);
  await world.event(eventOf(world, id));
  return id;
}

/** Altinn's event that a letter is published. */
export function eventOf(world: World, id: string): unknown {
  const events = world.simulator.control.events();
  return events.find(
    ({ type, resourceinstance }) => resourceinstance === id && type.endsWith(".correspondencepublished"),
  );
}

/** What was told of letters to the organisation. */
export async function toldOf(world: World, id?: string): Promise<LetterAnnouncement[]> {
  const texts = await world.host.peekAll(QUEUES.received);
  const all = texts.map((text) => letterAnnouncementSchema.parse(JSON.parse(text)));
  return all.filter(({ subject }) => id === undefined || subject === id);
}

/** In short: `received`, `notReceived purged`, `refused confirm unknown`. */
export async function newsOf(world: World, id?: string): Promise<string[]> {
  return (await toldOf(world, id)).map(({ type, data }) =>
    [type.split(".").at(-1), data.action, data.reason].filter((part) => part !== undefined).join(" "),
  );
}

/** The names of the blobs in the inbox, in order. */
export async function inboxOf(world: World): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of world.storage.blobs.getContainerClient(CONTAINERS.inbox).listBlobsFlat())
    names.push(name);
  return names.toSorted();
}

/** A blob of the inbox, with its properties. */
export async function inboxBlob(world: World, name: string) {
  const blob = world.storage.blobs.getContainerClient(CONTAINERS.inbox).getBlobClient(name);
  return { bytes: await blob.downloadToBuffer(), properties: await blob.getProperties() };
}

/** The statuses that a letter has had at Altinn. */
export function statusesOf(world: World, id: string): string[] {
  const letter = world.simulator.control.received().find(({ correspondenceId }) => correspondenceId === id);
  return (letter?.statuses ?? []).map(({ status }) => status);
}

/** The ids of a letter's files. */
export function filesOf(world: World, id: string): string[] {
  const letter = world.simulator.control.received().find(({ correspondenceId }) => correspondenceId === id);
  return (letter?.files ?? []).map(({ attachmentId }) => attachmentId);
}

export { madeUpChecksum };
