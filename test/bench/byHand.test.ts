// What the app is held against makes the app's own calls: the same ones, with as many bytes.
import { expect, test } from "vitest";
import { aRequest } from "../../bench/requests.ts";
import { sendByHand } from "../../bench/throughput/byHand.ts";
import { EXAMPLE_RESOURCE } from "../../local/start/appSettings.ts";
import { storageClients } from "../../shared/storage/clients.ts";
import { CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import { startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";

/** How a value is built, and how long each text in it is. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, shapeOf(field)]));
}

/** What a letter leaves behind: blobs with their tags, by folder, and announcements. */
async function leftBy(world: World, send: () => Promise<void>): Promise<unknown> {
  const state = world.storage.blobs.getContainerClient(CONTAINERS.state);
  const before = new Set((await world.blobs(CONTAINERS.state)).map(({ name }) => name));
  const toldBefore = (await world.host.peekAll(QUEUES.announcements)).length;
  world.forgetCalls();
  await send();
  const calls = world.calls.toSorted();
  const blobs: Record<string, unknown> = {};
  for (const { name, value } of await world.blobs(CONTAINERS.state)) {
    if (before.has(name)) continue;
    const blob = state.getBlobClient(name);
    const { contentType } = await blob.getProperties();
    blobs[name.split("/")[0] ?? name] = shapeOf({ value, contentType, tags: (await blob.getTags()).tags });
  }
  const told = (await world.host.peekAll(QUEUES.announcements)).slice(toldBefore).map((text) => JSON.parse(text));
  return { calls, blobs, told: shapeOf(told), letter: shapeOf(world.letters().at(-1)) };
}

test("a letter by hand makes the calls of the app, and leaves the same", async () => {
  await using world = await World.start(await startStorage(), { settings: { ALTINN_RESOURCES: EXAMPLE_RESOURCE } });
  await world.drop(aRequest().text);
  await world.run();
  const byApp = await leftBy(world, async () => {
    await world.drop(aRequest().text);
    await world.run();
  });
  const { storage, altinn } = world.app.settings;
  const token = await world.app.health.clientOf(undefined).tokens.get();
  if (!token.ok) throw new Error("No token");
  const ways = { ...(await storageClients(storage)), ...altinn, token: token.token };
  const byHand = await leftBy(world, () => sendByHand(aRequest().text, ways));
  expect(byHand).toEqual(byApp);
});
