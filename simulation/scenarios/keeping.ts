// Scenarios of what is kept: records that are lost, restored, unreadable, or of a newer version than the instance that rewrites them.
import { expect } from "vitest";
import { BEHAVIOURS } from "../../chaos/recipients.ts";
import { emptyAnswer } from "../../local/altinn-simulator/answer.ts";
import { DAY, dayOf, HOUR, MINUTE, timestamp } from "../../shared/clock.ts";
import { DOCUMENTS, FOLDERS, QUEUES } from "../../shared/storage/names.ts";
import { messageOf, type Scenario } from "../scenario.ts";
import { cancelOf, expectSentAgainAsOne, scenario, type WrittenScenario } from "./scenario.ts";

const READERS = BEHAVIOURS.read.recipients;
const [READER] = READERS;
const POST = "POST /correspondence";
const NOT_NOW = { answer: emptyAnswer(429) };

const letters = ({ world }: Scenario) => world.around.altinn.letters();

const namesIn = ({ world }: Scenario, folder: string) =>
  world.around.state.list().flatMap(({ name }) => (name.startsWith(`${folder}/`) ? [name] : []));

/** Drops letters whose messages are lost, with the records of their dispatches if so: what is left is that they came. */
async function lose(scene: Scenario, ids: readonly string[], withDispatches: boolean): Promise<void> {
  scene.fault({ fate: NOT_NOW, about: POST, times: ids.length });
  for (const id of ids) scene.request({ id, recipients: [READER] });
  await scene.pass(2_000);
  scene.mend();
  scene.world.loseMessages();
  if (withDispatches) for (const name of namesIn(scene, FOLDERS.dispatches)) scene.world.around.state.remove(name);
}

/** A newer version has added this to each record. */
const FROM_THE_FUTURE = { addedLater: { by: "a newer version" } };

function addTo(scene: Scenario, folder: string): readonly string[] {
  const { state } = scene.world.around;
  const names = namesIn(scene, folder);
  for (const { name, tags } of state.list().filter((one) => names.includes(one.name))) {
    const known = state.read(name);
    state.replace(name, Object.assign({}, known?.value, FROM_THE_FUTURE), known?.etag ?? "", tags);
  }
  return names;
}

/** Each must hold. */
export const KEEPING: readonly WrittenScenario[] = [
  scenario(
    "32: all records are gone, as after an old backup; the same request is dropped again: sent as before",
    async (scene) => {
      const { text } = scene.request({ id: "a", recipients: [READER] });
      await scene.live(HOUR);
      const { state } = scene.world.around;
      for (const { name } of state.list()) if (name.includes("/")) state.remove(name);
      scene.world.deploy();
      await scene.live(DAY, 6 * HOUR);
      scene.drop({ text });
      await scene.live(HOUR);
      expectSentAgainAsOne(scene);
    },
  ),
  scenario(
    "52: one dispatch's record cannot be read in a sweep: the sweep goes on, and that one is taken up later",
    async (scene) => {
      await lose(scene, ["a", "b"], false);
      await scene.pass(HOUR);
      scene.fault({ fate: "refused", about: "GET state dispatches/" });
      await scene.live(15 * MINUTE);
      expect(scene.logs.join()).toContain("recordPassedOver");
      expect(letters(scene)).toHaveLength(1);
      await scene.live(HOUR);
      expect(letters(scene)).toHaveLength(2);
    },
  ),
  scenario(
    "52: one request's record cannot be read when its day is reconciled: the others are, and the day is done",
    async (scene) => {
      await lose(scene, ["a", "b", "c"], true);
      const [unread = ""] = namesIn(scene, FOLDERS.requests);
      const { state } = scene.world.around;
      const { tags = {} } = state.list().find(({ name }) => name === unread) ?? {};
      const kept = state.read(unread);
      state.replace(unread, {}, kept?.etag ?? "", tags);
      await scene.live(2 * DAY, HOUR);
      expect(scene.logs.join()).toContain("recordUnreadable");
      expect(scene.logs.filter((line) => line.includes("requestLost"))).toHaveLength(2);
      expect(state.read(DOCUMENTS.sweep)?.value).toMatchObject({
        reconciled: dayOf(scene.world.timeline.now - DAY - 2 * HOUR),
      });
      // The record is mended, and the producers drop all of it again.
      state.replace(unread, kept?.value, state.text(unread)?.etag ?? "", tags);
      for (const id of ["a", "b", "c"]) scene.request({ id, recipients: [READER] });
      await scene.live(2 * HOUR);
      expect(letters(scene)).toHaveLength(3);
    },
  ),
  ...(
    [
      ["is lost", undefined],
      ["says a day of long ago", -80],
      ["says a day to come, of a clock that was ahead", 365],
    ] as const
  ).map(([what, age]) =>
    scenario(
      `53: the timer's document ${what}, after sixty days without the timer: the whole span is reconciled`,
      async (scene) => {
        const { state } = scene.world.around;
        scene.fault({ fate: "lost", about: POST });
        scene.request({ id: "a", recipients: [READER] });
        await scene.pass(2_000);
        scene.world.loseMessages();
        for (const name of namesIn(scene, FOLDERS.dispatches)) state.remove(name);
        await scene.pass(60 * DAY);
        const { now } = scene.world.timeline;
        state.remove(DOCUMENTS.sweep);
        if (age !== undefined)
          state.put(DOCUMENTS.sweep, JSON.stringify({ lastSweep: now, reconciled: dayOf(now + age * DAY) }));
        await scene.live(3 * HOUR, HOUR);
        expect(scene.toldOfOne()).toContain("sent");
      },
    ),
  ),
  scenario("58: an older instance rewrites records that a newer one wrote: no field is lost", async (scene) => {
    const { state, queues } = scene.world.around;
    const requestedPublishTime = timestamp(scene.world.timeline.now + 10 * DAY);
    scene.fault({ fate: NOT_NOW, about: POST, times: 2 });
    scene.request({ id: "waits", recipients: [READER] });
    scene.request({ id: "to be cancelled", recipients: [READER], letter: { requestedPublishTime } });
    await scene.pass(2_000);
    expect(queues.length(QUEUES.dispatches)).toBe(2);
    const waiting = [...addTo(scene, FOLDERS.requests), ...addTo(scene, FOLDERS.dispatches)];
    expect(waiting).toHaveLength(4);
    const before = waiting.map((name) => state.text(name)?.etag);
    await scene.pass(MINUTE);
    const followed = addTo(scene, FOLDERS.correspondences);
    scene.drop(cancelOf("to be cancelled"));
    await scene.live(HOUR);
    for (const name of [...waiting, ...followed]) expect(state.read(name)?.value, name).toMatchObject(FROM_THE_FUTURE);
    expect(
      waiting.map((name) => state.text(name)?.etag).filter((etag, index) => etag !== before[index]).length,
    ).toBeGreaterThan(1);
  }),
  scenario("a request came by a blob, and its letter is sent: the blob is deleted after a week", async (scene) => {
    const { text } = messageOf({ id: "a", recipients: [READER] });
    const requestBlob = { path: "a.json", text };
    scene.drop({ text: JSON.stringify({ requestBlob: requestBlob.path }), requestBlob }, [
      { requestId: "a", reference: "reference of a", recipient: READER },
    ]);
    const { requests } = scene.world.around;
    await scene.live(7 * DAY, 6 * HOUR);
    expect(requests.size).toBe(1);
    await scene.live(5 * DAY, 6 * HOUR);
    expect(requests.size).toBe(0);
  }),
];
