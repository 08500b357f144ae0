// Two invocations at once, the one just before the other writes: what each has done must be seen.
import { beforeAll, expect, test } from "vitest";
import { organization } from "../../local/parties.ts";
import { DAY, HOUR, MINUTE, timestamp } from "../../shared/clock.ts";
import type { IntakeContext } from "../../shared/intake/context.ts";
import { sendDispatch } from "../../shared/intake/sendDispatch.ts";
import { replayMessage } from "../../shared/messages/dispatchMessage.ts";
import { changeRecord } from "../../shared/records/records.ts";
import { withUpload } from "../../shared/records/uploadSet.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { settleUploads } from "../../shared/upkeep/settleUploads.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { RESOURCE, World } from "../harness/world.ts";
import { refuseLater, refuseOnce } from "./deadLetterSteps.ts";
import { aLetter, INITIALIZE, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

function withDispatches(sending: IntakeContext, changed: Partial<IntakeContext["store"]["dispatches"]>): IntakeContext {
  return { ...sending, store: { ...sending.store, dispatches: { ...sending.store.dispatches, ...changed } } };
}

/** A letter that waits after its first attempt, its time come. Gives its message. */
async function waitingLetter(world: World, id: string): Promise<unknown> {
  world.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 429, times: 1 });
  const requestedPublishTime = timestamp(world.clock.now() + 30 * DAY);
  await world.drop(aLetter({ id, letter: { requestedPublishTime } }));
  await world.run();
  world.clock.advance(MINUTE);
  const [message] = await world.host.waiting(QUEUES.dispatches);
  return JSON.parse(message?.text ?? "");
}

test("a letter is refused, and another invocation has sent it before that is written: not told as refused", async () => {
  await using world = await World.start(storage);
  const message = await waitingLetter(world, "twice");
  const { sending } = world.app;
  const { dispatches } = sending.store;
  let isSent = false;
  const slow = withDispatches(sending, {
    async replace(id, record, etag) {
      if (record.state === "rejected" && !isSent) {
        isSent = true;
        world.fault({ step: POST_LETTER, phase: "after", action: "cut" });
        await sendDispatch(sending, message);
        world.clearFaults();
      }
      return dispatches.replace(id, record, etag);
    },
  });
  refuseOnce(world);
  await sendDispatch(slow, message);
  await world.settle(DAY);
  expect(isSent).toBe(true);
  expect(world.letters()).toHaveLength(1);
  expect(await world.ends()).toEqual(["sent"]);
  expect(await world.deadLetters()).toEqual([]);
});

test("a letter is to be cancelled while it is posted, and the answer is lost: found, and purged", async () => {
  await using world = await World.start(storage);
  const message = await waitingLetter(world, "taken back");
  const { sending } = world.app;
  const api = sending.altinn(RESOURCE);
  const altinn: typeof api = {
    ...api,
    async initialize(body) {
      await world.drop({ cancel: { requestId: "taken back" } });
      const [cancel] = await world.host.waiting(QUEUES.requests);
      if (!cancel) throw new Error("The cancel is not waiting");
      await world.handle(cancel);
      await world.host.lose(cancel);
      world.fault({ step: POST_LETTER, phase: "after", action: "cut" });
      return api.initialize(body);
    },
  };
  await sendDispatch({ ...sending, altinn: () => altinn }, message);
  world.clearFaults();
  await world.settle(DAY);
  expect(world.letters().map(({ status }) => status)).toEqual(["PurgedByAltinn"]);
  expect(new Set(await world.ends())).toEqual(new Set(["sent", "cancelled cancelled"]));
});

test("a request changes while a sweep settles its uploads: the next sweep settles them", async () => {
  await using world = await World.start(storage);
  await world.putAttachment("vedtak.txt", Buffer.from("vedtak"));
  const attachments = [{ fileName: "vedtak.txt", sendersReference: "v", blob: "vedtak.txt" }];
  await world.drop(aLetter({ id: "settled", recipients: [20, 21].map((index) => organization(index)), attachments }));
  await world.settle(HOUR);
  const { sending } = world.app;
  const { requests, requestsByHash } = sending.store;
  const isSettled = async () => (await requests.read("settled"))?.value.preparation?.isSettled;
  let changes = 0;
  const store: typeof sending.store = {
    ...sending.store,
    requestsByHash: {
      ...requestsByHash,
      async replace(hash, record, etag) {
        const known = await requestsByHash.read(hash);
        if (known && changes++ === 0)
          await requestsByHash.replace(hash, { ...known.value, poisonIds: ["changed"] }, etag);
        return requestsByHash.replace(hash, record, etag);
      },
    },
  };
  await settleUploads({ ...sending, store });
  expect(await isSettled()).toBe(false);
  await settleUploads(sending);
  expect(await isSettled()).toBe(true);
});

test("an upload is taken over while its bytes go: its claim is not renewed, and what the call came to is not recorded", async () => {
  await using world = await World.start(storage);
  await world.putAttachment("vedtak.txt", Buffer.from("vedtak"));
  const attachments = [{ fileName: "vedtak.txt", sendersReference: "v", blob: "vedtak.txt" }];
  await world.drop(
    aLetter({ id: "taken over", recipients: [20, 21].map((index) => organization(index)), attachments }),
  );
  const { store } = world.app.sending;
  const altinn = world.app.sending.altinn(RESOURCE);
  const { requests } = store;
  const uploadOf = async () => (await requests.read("taken over"))?.value.preparation?.uploads[0];
  const read = requests.read.bind(requests);
  const upload = altinn.uploadAttachment.bind(altinn);
  const claim = { by: "another", until: world.clock.now() + 20 * MINUTE };
  let renewals = 0;
  Object.assign(altinn, {
    async uploadAttachment(...call: Parameters<typeof upload>) {
      Object.assign(altinn, { uploadAttachment: upload });
      await changeRecord(requests, "taken over", (record) => {
        const { preparation } = record;
        return preparation && { ...record, preparation: withUpload(preparation, 0, (known) => ({ ...known, claim })) };
      });
      Object.assign(requests, {
        read(id: string) {
          renewals++;
          return read(id);
        },
      });
      world.clock.advance(MINUTE);
      // Whoever wants to renew finds that the record has changed, and reads it.
      await expect.poll(() => renewals).toBeGreaterThan(0);
      Object.assign(requests, { read });
      return upload(...call);
    },
  });
  await world.run();
  expect(renewals).toBeGreaterThan(0);
  expect(await uploadOf()).toMatchObject({ state: "initialized", claim });
  await world.settle(HOUR);
  expect(world.letters().map(({ files }) => files.length)).toEqual([1, 1]);
  expect(world.simulator.control.attachments()).toHaveLength(1);
});

test("a replayed letter is refused again before its dead letter is removed: the new one stays", async () => {
  await using world = await World.start(storage);
  await refuseLater(world, "again");
  const { sending } = world.app;
  const [dead] = await world.deadLetters();
  const queues: typeof sending.queues = {
    ...sending.queues,
    async put(queue, text, options) {
      refuseOnce(world);
      if (queue === QUEUES.dispatches) await sendDispatch(sending, JSON.parse(text));
      else await sending.queues.put(queue, text, options);
    },
  };
  expect(await sendDispatch({ ...sending, queues }, replayMessage(dead?.name ?? "", 0))).toBe("replayed");
  expect(await world.deadLetters()).toMatchObject([{ name: dead?.name }]);
  expect((await sending.store.deadLetters.read(dead?.name ?? ""))?.value.epoch).toBe(1);
});
