// The trace of a letter: the same in every log line about it, in its calls to Altinn and in what is announced of it, whatever
// happens to it on the way, and whether it was given with the request or begins with it.
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { organization } from "../../local/parties.ts";
import { DAY, HOUR, MINUTE } from "../../shared/clock.ts";
import { CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { refuseOnce, replay } from "./deadLetterSteps.ts";
import { aLetter, INITIALIZE, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const GIVEN = {
  traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01`,
  tracestate: "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
};
const ANOTHER = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00" };

const lineSchema = z.looseObject({
  event: z.string(),
  trace_id: z.string().optional(),
  span_id: z.string().optional(),
});
/** By these a line is about one letter or request. */
const NAMES_ONE = ["requestHash", "dispatchId", "correspondenceId", "deadLetter"];

function linesOf(world: World) {
  return world.logs.map((line) => lineSchema.parse(JSON.parse(line.slice(line.indexOf("{")))));
}

/** The lines about letters and requests. */
function linesAboutOne(world: World) {
  return linesOf(world).filter((line) => NAMES_ONE.some((name) => name in line));
}

const traceIdOf = (traceparent: string | null | undefined) => traceparent?.split("-")[1];

/** Every trace id that is met anywhere: log lines about letters, calls, announcements. Where one is missing: `undefined`. */
async function tracesIn(world: World): Promise<Set<string | undefined>> {
  const posts = world.simulator.control
    .calls()
    .filter(({ method, route }) => `${method} ${route}` === "POST /correspondence");
  return new Set([
    ...linesAboutOne(world).map((line) => line.trace_id),
    ...posts.map(({ traceparent }) => traceIdOf(traceparent)),
    ...(await world.announcements()).map(({ traceparent }) => traceIdOf(traceparent)),
  ]);
}

const eventsIn = (world: World) => new Set(linesAboutOne(world).map(({ event }) => event));

describe.each([
  ["given", GIVEN, new Set([TRACE_ID])],
  ["not given", {}, undefined],
])("a trace that is %s", (_what, trace, expected) => {
  /** One trace, and no more: that which was given, or whichever began. */
  async function expectOne(world: World): Promise<void> {
    const met = await tracesIn(world);
    expect([...met].some((id) => id !== undefined)).toBe(true);
    expect(met).toEqual(expected ?? new Set([[...met].find((id) => id !== undefined)]));
  }

  test("stays with a letter through a death, a lost message, a sweep, events and checks", async () => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "one", request: trace }));
    world.fault({ step: POST_LETTER, phase: "before", action: "kill" });
    await world.run({ anew: true });
    world.clearFaults();
    world.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 503, times: 1 });
    await world.advance(MINUTE);
    const [lost] = await world.host.waiting(QUEUES.dispatches);
    if (lost) await world.host.lose(lost);
    world.clock.advance(2 * HOUR);
    await world.sweep();
    await world.settle(HOUR);
    await world.drop(aLetter({ id: "one", request: trace }));
    await world.run();
    const correspondenceId = world.letters()[0]?.correspondenceId ?? "";
    await world.simulator.control.act(correspondenceId, "read");
    for (const event of world.simulator.control.events()) await world.event(event);
    world.simulator.control.fault({ method: "GET", path: `${INITIALIZE}/${correspondenceId}`, status: 503, times: 1 });
    await world.drop({ version: 1, correspondenceId }, QUEUES.statusChecks);
    await world.settle(DAY);
    await world.sweep();
    expect(await world.told()).toEqual(["sent", "duplicate", "published", "read"]);
    const told = [
      "dispatchWaiting",
      "dispatchPutBack",
      "dispatchSent",
      "requestDuplicate",
      "eventReceived",
      "checkFailed",
    ];
    expect([...eventsIn(world)]).toEqual(expect.arrayContaining(told));
    await expectOne(world);
    // A look-up is a call too, and each call is a span of its own.
    const traced = world.simulator.control.calls().filter(({ traceparent }) => traceparent !== null);
    expect(new Set(traced.map(({ traceparent }) => traceparent)).size).toBe(traced.length);
    expect(traced.length).toBeGreaterThan(3);
  });

  test("stays with all letters of a request, and with its uploads", async () => {
    await using world = await World.start(storage);
    await world.putAttachment("many.pdf", Buffer.from("%PDF-1.7 many"));
    const attachments = [{ blob: "many.pdf", fileName: "many.pdf", sendersReference: "f" }];
    const recipients = [11, 12, 13].map((n) => organization(n));
    await world.drop(aLetter({ id: "many", recipients, content: { attachments }, request: trace }));
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["sent", "sent", "sent"]);
    await expectOne(world);
    const uploads = world.simulator.control.calls().filter(({ route }) => route.startsWith("/attachment"));
    expect(new Set(uploads.map(({ traceparent }) => traceIdOf(traceparent)))).toEqual(await tracesIn(world));
  });

  test("stays with a dead letter and its replay", async () => {
    await using world = await World.start(storage);
    refuseOnce(world);
    await world.drop(aLetter({ id: "refused", request: trace }));
    await world.run();
    await replay(world);
    expect(await world.ends()).toEqual(["rejected recipientReserved", "sent"]);
    expect([...eventsIn(world)]).toEqual(
      expect.arrayContaining(["dispatchEnded", "deadLetterReplayed", "dispatchSent"]),
    );
    await expectOne(world);
  });

  test("stays with a request that is refused as a whole", async () => {
    await using world = await World.start(storage);
    await world.drop({ ...aLetter({ id: "wrong", request: trace }), recipients: [] });
    await world.run();
    expect(await world.ends()).toEqual(["rejected invalidRequest"]);
    await expectOne(world);
  });

  test("stays with a cancel that comes before its request", async () => {
    await using world = await World.start(storage);
    await world.drop({ cancel: { requestId: "taken back" }, ...trace });
    await world.run();
    await world.drop(aLetter({ id: "taken back", request: trace }));
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["cancelPending", "cancelled cancelled"]);
    await expectOne(world);
  });

  test("stays with the cancel of a letter that is none of the app's", async () => {
    await using world = await World.start(storage);
    await world.drop({ cancel: { correspondenceId: "5a2f0a3e-1f7b-4c53-9d5e-0b6a3c9e1d42" }, ...trace });
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["cancelPending", "cancelUnknown"]);
    await expectOne(world);
  });

  test("comes with the content of a claim check, or with the message that leads to it", async () => {
    await using world = await World.start(storage);
    const blob = world.storage.blobs.getContainerClient(CONTAINERS.requests).getBlockBlobClient("claim.json");
    await blob.uploadData(Buffer.from(JSON.stringify(aLetter({ id: "claim" }))));
    await world.drop({ requestBlob: "claim.json", ...trace });
    await world.run();
    expect(await world.ends()).toEqual(["sent"]);
    await expectOne(world);
  });
});

test("announcements repeat the trace as it was given; a call to Altinn carries its flags, and not the tracestate", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "as given", request: GIVEN }));
  await world.drop(aLetter({ id: "not sampled", request: ANOTHER }));
  await world.run();
  expect(await world.announcements()).toMatchObject([GIVEN, ANOTHER]);
  const posts = world.simulator.control.calls().filter(({ route }) => route === "/correspondence");
  expect(posts.map(({ traceparent }) => traceparent?.replace(/-[0-9a-f]{16}-/, "-"))).toEqual(
    [GIVEN, ANOTHER].map(({ traceparent }) => traceparent.replace(/-[0-9a-f]{16}-/, "-")),
  );
});

test("letters of different requests, and those of different deployments, have different traces", async () => {
  await using world = await World.start(storage);
  await using other = await World.start(storage, { altinn: world });
  for (const id of ["1", "2"]) await world.drop(aLetter({ id }));
  await world.run();
  await other.drop(aLetter({ id: "1" }));
  await other.run();
  const told = [...(await world.announcements()), ...(await other.announcements())];
  expect(new Set(told.map(({ traceparent }) => traceIdOf(traceparent))).size).toBe(3);
});

test("a letter that is dropped again in another trace is the same letter, whose answer is in that trace", async () => {
  await using world = await World.start(storage);
  for (const id of ["with an id", undefined]) {
    for (const trace of [GIVEN, ANOTHER])
      await world.drop(aLetter({ ...(id === undefined ? {} : { id }), request: trace }));
    await world.run();
  }
  expect(world.letters()).toHaveLength(2);
  expect(await world.ends()).toEqual(["sent", "duplicate", "sent", "duplicate"]);
  const told = (await world.announcements()).map(({ traceparent, tracestate }) => ({ traceparent, tracestate }));
  const another = { ...ANOTHER, tracestate: undefined };
  expect(told).toEqual([GIVEN, another, GIVEN, another]);
});

test("what is no trace costs no letter: a new one begins, and a warning says so", async () => {
  await using world = await World.start(storage);
  const wrong = { traceparent: "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", tracestate: "a=1" };
  await world.drop(aLetter({ id: "wrong", request: wrong }));
  await world.run();
  const [told] = await world.announcements();
  expect(told).toMatchObject({ traceparent: expect.stringMatching(/^00-(?!4bf9)[0-9a-f]{32}-[0-9a-f]{16}-01$/) });
  expect(told).not.toHaveProperty("tracestate");
  expect(told?.data.warnings).toMatchObject([{ path: "traceparent", rule: "traceparent" }]);
});

test("of a batch of checks, what is about one letter carries its trace, and what is about none carries none", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "one" }));
  await world.drop(aLetter({ id: "two" }));
  await world.run();
  // At first their records are read; later the index tells enough of them.
  for (let round = 0; round < 2; round++) {
    await world.advance(HOUR);
    world.simulator.control.fault({ method: "GET", path: "/correspondence/{id}", status: 503, times: 2 });
    await world.sweep();
    await world.sweep();
  }
  const announced = (await world.announcements()).map(({ traceparent }) => traceIdOf(traceparent));
  const failed = linesOf(world).filter(({ event }) => event === "checkFailed");
  expect(new Set(failed.map((line) => line.trace_id))).toEqual(new Set(announced));
  expect(failed).toHaveLength(4);
  const swept = linesOf(world).filter(({ event }) => event === "swept" || event === "statusesChecked");
  expect(swept.length).toBeGreaterThan(0);
  expect(swept.filter((line) => line.trace_id !== undefined)).toEqual([]);
});
