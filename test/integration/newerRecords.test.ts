// During a deployment an older instance rewrites what a newer one has written: fields that it does not know survive.
import { beforeAll, expect, test } from "vitest";
import { organization } from "../../local/parties.ts";
import { HOUR, MINUTE } from "../../shared/clock.ts";
import { setBrake } from "../../shared/pausing/emergencyBrake.ts";
import { createJsonBlobs } from "../../shared/storage/jsonBlobs.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { createNotificationOrders } from "../../shared/tracking/notificationOrders.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { ask, refuseLater, replay } from "./deadLetterSteps.ts";
import { aLetter, INITIALIZE } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

const RECIPIENTS = [20, 21, 22].map((index) => organization(index));
const ORDER = "7e7b3a9c-6a0e-4a8e-9d53-0a4f1f5d2f10";

interface Kind {
  readonly what: string;
  readonly container?: string;
  /** How the blob's name begins. */
  readonly name: string;
  /** The objects to which a newer version has added something, by their paths; the record itself among them. */
  readonly paths: readonly string[];
  /** Brings the record about, as a newer version would. */
  write(world: World): Promise<void>;
  rewrite(world: World): Promise<void>;
}

const KINDS: readonly Kind[] = [
  {
    what: "a request whose letters are prepared and put",
    name: "requests/",
    paths: ["", "preparation", "preparation.uploads.0"],
    async write(world) {
      await world.putAttachment("vedtak.txt", Buffer.from("vedtak"));
      const attachments = [{ fileName: "vedtak.txt", sendersReference: "v", blob: "vedtak.txt" }];
      await world.drop(aLetter({ id: "many", recipients: RECIPIENTS, attachments }));
      world.simulator.control.fault({ method: "POST", path: "/correspondence/api/v1/attachment", status: 503 });
      await world.run();
    },
    rewrite: (world) => world.settle(HOUR),
  },
  {
    what: "a request whose cancel came first",
    name: "requests/",
    paths: ["", "cancel"],
    async write(world) {
      await world.drop({ cancel: { requestId: "cancelled" } });
      await world.run();
    },
    async rewrite(world) {
      await world.drop(aLetter({ id: "cancelled" }));
      await world.run();
    },
  },
  {
    what: "a letter that waits, and is sent",
    name: "dispatches/",
    paths: ["", "attempts.0"],
    async write(world) {
      world.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 429, times: 1 });
      await world.drop(aLetter());
      await world.run();
    },
    rewrite: (world) => world.settle(HOUR),
  },
  {
    what: "a letter that is to be cancelled, and is not purged at once",
    name: "dispatches/",
    paths: ["", "cancel"],
    async write(world) {
      const requestedPublishTime = new Date(world.clock.now() + 100 * HOUR).toISOString();
      await world.drop(aLetter({ id: "later", letter: { requestedPublishTime } }));
      await world.run();
      world.simulator.control.fault({ method: "DELETE", status: 503, times: 1 });
      await world.drop({ cancel: { requestId: "later" } });
      await world.run();
    },
    rewrite: (world) => world.settle(HOUR),
  },
  {
    what: "a letter that was refused, and is replayed",
    name: "dispatches/",
    paths: ["", "attempts.0"],
    write: (world) => refuseLater(world, "refused"),
    rewrite: replay,
  },
  {
    what: "what Altinn told of a letter",
    name: "correspondences/",
    paths: ["", "link"],
    async write(world) {
      await world.drop(aLetter());
      await world.run();
      await world.simulator.control.advance(MINUTE);
    },
    async rewrite(world) {
      for (const event of world.simulator.control.events()) await world.event(event);
      await world.sweep();
    },
  },
  {
    what: "a dead letter whose replay is under way",
    container: CONTAINERS.deadLetters,
    name: "",
    paths: ["", "problems.0"],
    async write(world) {
      await world.drop(aLetter({ content: { messageTitle: "" } }));
      await world.run();
    },
    async rewrite(world) {
      await ask(world);
      world.fault({ step: /^blob PUT correspondence-dead-letters/, phase: "before", action: "cut", nth: 2, times: 3 });
      await world.run();
      world.clearFaults();
    },
  },
  {
    what: "sweep.json",
    name: "sweep.json",
    paths: [""],
    write: (world) => world.sweep(),
    async rewrite(world) {
      world.clock.advance(MINUTE);
      await world.sweep();
    },
  },
  {
    what: "contact.json",
    name: "contact.json",
    paths: [""],
    write: (world) => sendAfterMinutes(world, "first"),
    rewrite: (world) => sendAfterMinutes(world, "second"),
  },
  {
    what: "brake.json",
    name: "brake.json",
    paths: [""],
    write: (world) => brake(world, true),
    rewrite: (world) => brake(world, false),
  },
  {
    what: "what an event told of a notification's order",
    name: "notification-orders/",
    paths: [""],
    write: async (world) => void (await orders(world).keep(ORDER, { NotificationFailed: world.clock.now() })),
    rewrite: async (world) => void (await orders(world).claim(ORDER, crypto.randomUUID())),
  },
];

/** What is known of an instance is told once a minute, when a letter has gone. */
async function sendAfterMinutes(world: World, id: string): Promise<void> {
  world.clock.advance(2 * MINUTE);
  await world.drop(aLetter({ id }));
  await world.run();
}

function brake(world: World, isOn: boolean): Promise<void> {
  const documents = createJsonBlobs(world.storage.blobs.getContainerClient(CONTAINERS.state));
  return setBrake(documents, { isOn, reason: "operator", now: world.clock.now() });
}

function orders(world: World) {
  const documents = createJsonBlobs(world.storage.blobs.getContainerClient(CONTAINERS.state));
  return createNotificationOrders(documents, world.app.telemetry);
}

test.each(KINDS)("58: $what", async ({ container = CONTAINERS.state, name, paths, write, rewrite }) => {
  await using world = await World.start(storage);
  await write(world);
  const [written, ...others] = await world.blobs(container, name);
  if (!written) throw new Error("There is no such record");
  expect(others).toEqual([]);
  for (const path of paths) Object.assign(objectAt(written.value, path), { addedLater: { at: path } });
  const blob = world.storage.blobs.getContainerClient(container).getBlockBlobClient(written.name);
  const { tags } = await blob.getTags();
  const text = JSON.stringify(written.value);
  await blob.upload(text, text.length, { tags });

  await rewrite(world);
  const [rewritten] = await world.blobs(container, written.name);
  expect(rewritten?.value).not.toEqual(written.value);
  for (const path of paths) expect(objectAt(rewritten?.value, path)).toMatchObject({ addedLater: { at: path } });
});

function objectAt(value: unknown, path: string): object {
  let found = value;
  for (const key of path === "" ? [] : path.split(".")) found = Reflect.get(Object(found), key);
  if (typeof found !== "object" || found === null) throw new Error(`There is nothing at ${path}`);
  return found;
}
