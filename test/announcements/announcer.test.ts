// How announcements stand on their queues, and that whoever watches reads them however they do.
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import { watchAnnouncements } from "../../local/start/watch.ts";
import { createAnnouncementFactory } from "../../shared/announcements/announcement.ts";
import { createAnnouncer } from "../../shared/announcements/announcer.ts";
import { systemClock } from "../../shared/clock.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { createQueues } from "../../shared/storage/queues.ts";
import { createTelemetry } from "../../shared/telemetry/telemetry.ts";
import { type Storage, type StorageAccount, startStorage } from "../harness/storage.ts";

const NAMESPACE = "0193b2c1-0000-7000-8000-000000000001";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

/** Announces one letter on each queue; undefined: on the ordinary one. */
async function announceOn(account: StorageAccount, statusQueues: readonly (string | undefined)[]) {
  const settings = {
    statusQueues: [
      { name: "of-functions", encoding: "base64" },
      { name: "of-others", encoding: "raw" },
      { name: "of-all" },
    ],
    statusQueueEncoding: "base64",
  } as const;
  const announcer = createAnnouncer(
    createQueues(account.queues, systemClock),
    settings,
    createTelemetry(() => {}),
  );
  const make = createAnnouncementFactory(NAMESPACE);
  const letters = statusQueues.map((statusQueue, index) => {
    const dispatchId = `0193b2c1-0000-7000-8000-00000000001${index}`;
    return make.sent({ dispatchId, requestId: statusQueue, statusQueue }, 0);
  });
  await announcer.announce(letters);
}

it("each queue has its own encoding, and otherwise that of all", async () => {
  const account = await storage.account(["of-functions", "of-others", "of-all"]);
  await announceOn(account, ["of-functions", "of-others", "of-all", undefined]);
  const textOn = async (queue: string) => {
    const { peekedMessageItems } = await account.queues.getQueueClient(queue).peekMessages();
    return peekedMessageItems[0]?.messageText ?? "";
  };
  const decoded = (text: string) => Buffer.from(text, "base64").toString("utf8");
  expect(JSON.parse(await textOn("of-others"))).toMatchObject({ data: { requestId: "of-others" } });
  for (const queue of ["of-functions", "of-all"]) {
    expect(JSON.parse(decoded(await textOn(queue)))).toMatchObject({ data: { requestId: queue } });
  }
  expect(JSON.parse(decoded(await textOn(QUEUES.announcements)))).toMatchObject({ data: { status: "sent" } });
});

it("goes to the ordinary queue, in its encoding, when its own is gone", async () => {
  const account = await storage.account();
  await announceOn(account, ["of-others"]);
  const { peekedMessageItems } = await account.queues.getQueueClient(QUEUES.announcements).peekMessages();
  const json = Buffer.from(peekedMessageItems[0]?.messageText ?? "", "base64").toString("utf8");
  expect(JSON.parse(json)).toMatchObject({ data: { requestId: "of-others" } });
});

it("the local start shows both kinds, and says what is neither", async () => {
  const account = await storage.account(["of-others"]);
  await announceOn(account, ["of-others"]);
  const queue = account.queues.getQueueClient("of-others");
  const { peekedMessageItems } = await queue.peekMessages();
  const raw = peekedMessageItems[0]?.messageText ?? "";
  const other = raw.replaceAll("000000000010", "000000000011").replace(/"id":"[0-9a-f]/, '"id":"e');
  await queue.sendMessage(Buffer.from(other, "utf8").toString("base64"));
  await queue.sendMessage("neither");

  const shown: (string | undefined)[] = [];
  const problems: string[] = [];
  const watch = watchAnnouncements(
    account.queues,
    "of-others",
    ({ data }) => shown.push(data.dispatchId),
    (problem) => problems.push(problem),
  );
  while (shown.length + problems.length < 3) await sleep(10);
  await watch.stop();
  expect(shown).toEqual(["0193b2c1-0000-7000-8000-000000000010", "0193b2c1-0000-7000-8000-000000000011"]);
  expect(problems).toEqual(["A message on of-others is no announcement."]);
});
