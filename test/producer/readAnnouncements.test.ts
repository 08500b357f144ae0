// `readAnnouncements` over a real storage emulator: what is handled, what stays on the queue, and when it ends.
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { takeMessages } from "../../producer/heldMessages.ts";
import {
  type Announcement,
  announcementTypes,
  createProducer,
  type Producer,
  type Unhandled,
} from "../../producer/main.ts";
import { createAnnouncementFactory } from "../../shared/announcements/announcement.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { queueText } from "../../shared/storage/queues.ts";
import { type Storage, type StorageAccount, startStorage } from "../harness/storage.ts";

const NAMESPACE = "2a6f3d50-6c4a-4c39-9a0c-9d3a2d1f7b11";
const DISPATCH = "b5a3bd1c-5f59-5f2b-9f43-1f6f4a4a0c11";

let emulator: Storage;
let storage: StorageAccount;
let producer: Producer;
beforeAll(async () => {
  emulator = await startStorage();
});
beforeEach(async () => {
  storage = await emulator.account(["ours"]);
  producer = createProducer({ connectionString: storage.connectionString });
});

/** An announcement as the app makes it. */
function sent(requestId: string): object {
  const subject = { requestId, dispatchId: DISPATCH, sendersReference: "2030/1" };
  return createAnnouncementFactory(NAMESPACE).sent(subject, Date.parse("2030-01-01T12:00:00Z")).announcement;
}

async function put(text: string, queue: string = QUEUES.announcements): Promise<void> {
  await storage.queues.getQueueClient(queue).sendMessage(text, { messageTimeToLive: -1 });
}

/** How many messages the queue holds, hidden ones included. */
async function left(): Promise<number> {
  const { approximateMessagesCount } = await storage.queues.getQueueClient(QUEUES.announcements).getProperties();
  return approximateMessagesCount ?? 0;
}

/** Reads what there is, and gives the request ids that were told. */
async function readAll(options: Parameters<Producer["readAnnouncements"]>[1] = {}): Promise<(string | undefined)[]> {
  const told: (string | undefined)[] = [];
  await producer.readAnnouncements(({ data }) => void told.push(data.requestId), { untilEmpty: true, ...options });
  return told;
}

describe("an announcement", () => {
  it("is handled as the app wrote it, raw or in base64, and then gone", async () => {
    const json = queueText(sent("Søknad 1"));
    await put(json);
    await put(Buffer.from(json, "utf8").toString("base64"));
    const told: Announcement[] = [];
    await producer.readAnnouncements((announcement) => void told.push(announcement), { untilEmpty: true });
    expect(told).toEqual([sent("Søknad 1"), sent("Søknad 1")]);
    expect(told[0]?.type).toBe(announcementTypes.sent);
    expect(await left()).toBe(0);
  });

  it("stays on the queue until its handler has finished", async () => {
    await put(queueText(sent("a")));
    const during: number[] = [];
    await producer.readAnnouncements(
      async () => {
        await sleep(20);
        during.push(await left());
      },
      { untilEmpty: true },
    );
    expect(during).toEqual([1]);
    expect(await left()).toBe(0);
  });

  it("comes from the queue that is named", async () => {
    await put(queueText(sent("theirs")));
    await put(queueText(sent("ours")), "ours");
    expect(await readAll({ queue: "ours" })).toEqual(["ours"]);
    expect(await left()).toBe(1);
  });

  it("may be of a type, and have fields, names and reasons, that a newer app has", async () => {
    const announcement = {
      ...sent("newer"),
      specversion: "1.1",
      type: "altinn-correspondence-sender.correspondence.framed",
      dataschema: "https://example.org/newer",
      data: {
        requestId: "newer",
        status: "framed",
        time: "2030-01-01T12:00:00Z",
        source: "oracle",
        reason: "whim",
        by: 7,
      },
    };
    await put(JSON.stringify(announcement));
    const told: Announcement[] = [];
    await producer.readAnnouncements((announcement) => void told.push(announcement), { untilEmpty: true });
    expect(told).toEqual([announcement]);
  });

  it("comes with all the others: hundreds, each once", async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `request-${index}`);
    await Promise.all(ids.map((id) => put(queueText(sent(id)))));
    expect((await readAll()).toSorted()).toEqual(ids.toSorted());
    expect(await left()).toBe(0);
  });
});

describe("a handler that throws", () => {
  it("gets the announcement again, and the others meanwhile", async () => {
    for (const id of ["a", "bad", "b"]) await put(queueText(sent(id)));
    const told: (string | undefined)[] = [];
    const failures: Unhandled[] = [];
    await producer.readAnnouncements(
      ({ data }) => {
        told.push(data.requestId);
        if (data.requestId === "bad" && failures.length < 2) throw new Error("not now");
      },
      {
        untilEmpty: true,
        retrySeconds: 0,
        onUnhandled: (unhandled) => {
          failures.push(unhandled);
          return "keep";
        },
      },
    );
    expect(told).toEqual(["a", "bad", "b", "bad", "bad"]);
    expect(failures).toMatchObject([
      { kind: "handlerFailed", tries: 1, error: new Error("not now") },
      { kind: "handlerFailed", tries: 2, announcement: { data: { requestId: "bad" } } },
    ]);
    expect(await left()).toBe(0);
  });

  it("leaves the announcement on the queue, hidden for a while, and a warning", async () => {
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    await put(queueText(sent("bad")));
    const handler = vi.fn(() => Promise.reject(new Error("not ever")));
    await producer.readAnnouncements(handler, { untilEmpty: true });
    expect(handler).toHaveBeenCalledTimes(1);
    expect(await left()).toBe(1);
    expect(warnings).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("stays on the queue"));
    warnings.mockRestore();
  });

  it("is rid of the announcement when that is put aside", async () => {
    await put(queueText(sent("bad")));
    const aside: Unhandled[] = [];
    await producer.readAnnouncements(() => Promise.reject(new Error("not ever")), {
      untilEmpty: true,
      retrySeconds: 0,
      onUnhandled: (unhandled) => {
        if (unhandled.tries < 3) return "keep";
        aside.push(unhandled);
        return "delete";
      },
    });
    expect(aside).toMatchObject([{ announcement: { data: { requestId: "bad" } } }]);
    expect(await left()).toBe(0);
  });

  it("loses nothing when putting it aside fails, too", async () => {
    await put(queueText(sent("bad")));
    await producer.readAnnouncements(() => Promise.reject(new Error("not ever")), {
      untilEmpty: true,
      onUnhandled: () => Promise.reject(new Error("no room")),
    });
    expect(await left()).toBe(1);
  });
});

describe("what is no announcement", () => {
  it.each([["not JSON"], ["{}"], ['{"type":"a"}'], ["[]"], ["bm90IEpTT04="], [""]])(
    "stays on the queue and does not hold up the rest: %j",
    async (text) => {
      await put(text);
      await put(queueText(sent("a")));
      const unhandled: Unhandled[] = [];
      const told = await readAll({
        onUnhandled: (what) => {
          unhandled.push(what);
          return "keep";
        },
      });
      expect(told).toEqual(["a"]);
      expect(unhandled).toEqual([{ kind: "notAnAnnouncement", text, tries: 1 }]);
      expect(await left()).toBe(1);
    },
  );
});

describe("reading", () => {
  it("handles one at a time, and as many as it is told", async () => {
    for (const id of ["a", "b", "c", "d"]) await put(queueText(sent(id)));
    const most = async (concurrency?: number): Promise<number> => {
      let [running, peak] = [0, 0];
      await producer.readAnnouncements(
        async () => {
          peak = Math.max(peak, ++running);
          await sleep(30);
          running--;
        },
        { untilEmpty: true, concurrency },
      );
      return peak;
    };
    expect(await most()).toBe(1);
    for (const id of ["a", "b", "c", "d"]) await put(queueText(sent(id)));
    expect(await most(3)).toBe(3);
    expect(await left()).toBe(0);
  });

  it("goes on until it is told to end, and finds what comes meanwhile", async () => {
    const end = new AbortController();
    const told: (string | undefined)[] = [];
    const reading = producer.readAnnouncements(
      ({ data }) => {
        told.push(data.requestId);
        if (data.requestId === "last") end.abort();
      },
      { signal: end.signal, idleSeconds: 0.05 },
    );
    await put(queueText(sent("first")));
    await expect.poll(() => told).toEqual(["first"]);
    await put(queueText(sent("last")));
    await reading;
    expect(told).toEqual(["first", "last"]);
    expect(await left()).toBe(0);
  });

  it("finishes what it has begun when told to end, and gives the rest back at once", async () => {
    for (const id of ["a", "b", "c"]) await put(queueText(sent(id)));
    const end = new AbortController();
    const finished: (string | undefined)[] = [];
    await producer.readAnnouncements(
      async ({ data }) => {
        end.abort();
        await sleep(20);
        finished.push(data.requestId);
      },
      { signal: end.signal },
    );
    expect(finished).toHaveLength(1);
    const { peekedMessageItems } = await storage.queues
      .getQueueClient(QUEUES.announcements)
      .peekMessages({ numberOfMessages: 32 });
    expect(peekedMessageItems).toHaveLength(2);
  });

  it("ends at once while it waits, and does not begin when it was told before", async () => {
    const end = new AbortController();
    const reading = producer.readAnnouncements(() => undefined, { signal: end.signal, idleSeconds: 3_600 });
    end.abort();
    await reading;
    await put(queueText(sent("a")));
    await producer.readAnnouncements(() => expect.unreachable(), { signal: end.signal });
    expect(await left()).toBe(1);
  });

  it("rejects when there is no such queue, and says which", async () => {
    await expect(readAll({ queue: "nobodys" })).rejects.toThrow(
      "Reading the queue nobodys failed: QueueNotFound (404)",
    );
  });

  it("hides a message from others for as long as it is held", async () => {
    await put(queueText(sent("a")));
    const queue = storage.queues.getQueueClient(QUEUES.announcements);
    const renew = vi.spyOn(queue, "updateMessage");
    const renewals = () => renew.mock.settledResults.filter(({ type }) => type === "fulfilled").length;
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const [held] = await takeMessages(queue, 600);
      for (let times = 1; times <= 3; times++) {
        vi.advanceTimersByTime(300_000);
        await expect.poll(renewals).toBe(times);
      }
      expect(renew.mock.calls.map(([, , , seconds]) => seconds)).toEqual([600, 600, 600]);
      expect((await queue.receiveMessages()).receivedMessageItems).toEqual([]);
      await held?.delete();
    } finally {
      vi.useRealTimers();
    }
    expect(await left()).toBe(0);
  });

  it("passes over a message that somebody else has deleted meanwhile", async () => {
    await put(queueText(sent("a")));
    await put(queueText(sent("b")));
    const queue = storage.queues.getQueueClient(QUEUES.announcements);
    const told: (string | undefined)[] = [];
    await producer.readAnnouncements(
      async ({ data }) => {
        told.push(data.requestId);
        await queue.clearMessages();
      },
      { untilEmpty: true },
    );
    expect(told).toEqual(["a", "b"]);
  });
});
