// Scenarios in which somebody who was slow comes to write what others have decided, sent, cancelled or replayed meanwhile.
import { expect } from "vitest";
import { BEHAVIOURS } from "../../chaos/recipients.ts";
import { codedError, emptyAnswer, jsonAnswer } from "../../local/altinn-simulator/answer.ts";
import { EXAMPLE_RESOURCE } from "../../local/start/appSettings.ts";
import { DAY, HOUR, MINUTE, SECOND, timestamp } from "../../shared/clock.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { anEvent } from "../../test/builders/event.ts";
import { announced } from "../conclude.ts";
import type { Scenario } from "../scenario.ts";
import { cancelOf, deadLetters, replayAll, scenario, type WrittenScenario } from "./scenario.ts";

const [READER] = BEHAVIOURS.read.recipients;
const POST = "POST /correspondence";
const LOOK_UP = "GET /correspondence of";
const CONTENT = "GET accepted ";
const DISPATCH = "PUT state dispatches/";
const DEAD_LETTER = "PUT dead-letters";
const RESERVED = { answer: codedError(1030) };
const NOT_NOW = { answer: emptyAnswer(429) };

/** Altinn has no time for so many seconds. */
const notFor = (seconds: number) => ({
  answer: { ...emptyAnswer(429), headers: { "retry-after": String(seconds) } },
});

const letters = ({ world }: Scenario) => world.around.altinn.letters();

/** A letter whose dispatch has a record and waits: its next attempt is in some ten seconds. */
async function putOff(scene: Scenario, request: Parameters<Scenario["request"]>[0]): Promise<void> {
  scene.fault({ fate: NOT_NOW, about: POST });
  scene.request(request);
  await scene.pass(SECOND);
}

/** Each must hold. */
export const OVERTAKING: readonly WrittenScenario[] = [
  scenario(
    "a copy of a message has made its letter and does not know it, when the first attempt is refused: not told as refused",
    async (scene) => {
      scene.fault({ fate: "handed out twice", about: QUEUES.requests });
      // The first attempt is answered last.
      scene.fault({ fate: { takesMs: 20 * SECOND }, about: POST });
      scene.fault({ fate: RESERVED, about: POST });
      scene.fault({ fate: "lost", about: POST });
      scene.request({ id: "a", recipients: [READER] });
      await scene.live(3 * HOUR);
      expect(letters(scene)).toHaveLength(1);
      expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
      expect(deadLetters(scene)).toEqual([]);
    },
  ),
  scenario(
    "two begin an attempt at once; the letter of the one comes to be minutes later, the other is refused: not told as refused",
    async (scene) => {
      await putOff(scene, { id: "a", recipients: [READER] });
      scene.fault({ fate: "handed out twice", about: QUEUES.dispatches });
      // Whoever begins first has not noted its attempt when the other notes its own.
      scene.fault({ fate: { takesMs: 30 * SECOND }, about: CONTENT });
      scene.fault({ fate: RESERVED, about: POST, after: 1 });
      scene.fault({ fate: "late", about: POST });
      await scene.live(3 * HOUR);
      expect(letters(scene)).toHaveLength(1);
      expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
      expect(deadLetters(scene)).toEqual([]);
    },
  ),
  scenario(
    "one attempt is refused while another, which it knows nothing of, makes the letter minutes later: not told as refused",
    async (scene) => {
      await putOff(scene, { id: "a", recipients: [READER] });
      scene.fault({ fate: "handed out twice", about: QUEUES.dispatches });
      scene.fault({ fate: { takesMs: 40 * SECOND }, about: POST });
      scene.fault({ fate: RESERVED, about: POST });
      scene.fault({ fate: "late", about: POST });
      await scene.live(3 * HOUR);
      expect(letters(scene)).toHaveLength(1);
      expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
      expect(deadLetters(scene)).toEqual([]);
    },
  ),
  scenario(
    "a letter is made while its cancel comes, which its attempt does not see: purged all the same",
    async (scene) => {
      const requestedPublishTime = timestamp(scene.world.timeline.now + 10 * DAY);
      await putOff(scene, { id: "a", recipients: [READER], letter: { requestedPublishTime } });
      scene.fault({ fate: { takesMs: MINUTE }, about: POST });
      await scene.pass(30 * SECOND);
      scene.drop(cancelOf("a"));
      await scene.live(3 * HOUR);
      expect(scene.toldOfOne()).toEqual(["sent", "purgedByAltinn", "cancelled"]);
    },
  ),
  scenario(
    "an end is recorded at last when another has told it and its dead letter was dropped: that does not come again",
    async (scene) => {
      await putOff(scene, { id: "a", recipients: [READER], mayEnd: ["rejected"] });
      scene.fault({ fate: "handed out twice", about: QUEUES.dispatches });
      scene.fault({ fate: RESERVED, about: POST, times: 2 });
      // What the first attempt came to is written when nothing of it can be under way any more.
      scene.fault({ fate: { takesMs: HOUR }, about: DISPATCH, after: 1 });
      await scene.live(30 * MINUTE);
      const [name = ""] = deadLetters(scene);
      await Promise.all([scene.world.dropDeadLetter(name), scene.pass(SECOND)]);
      expect(deadLetters(scene)).toEqual([]);
      await scene.live(2 * HOUR);
      expect(deadLetters(scene)).toEqual([]);
      expect(scene.toldOfOne()).toEqual(["rejected"]);
    },
  ),
  scenario(
    "a dead letter is kept at last when its letter has been replayed and sent: it does not stay",
    async (scene) => {
      scene.fault({ fate: "handed out twice", about: QUEUES.requests });
      scene.fault({ fate: RESERVED, about: POST });
      scene.fault({ fate: { takesMs: 30 * MINUTE }, about: DEAD_LETTER });
      scene.request({ id: "a", recipients: [READER] });
      await scene.pass(2 * MINUTE);
      expect(scene.toldOfOne()).toEqual(["rejected"]);
      await replayAll(scene);
      expect(scene.toldOfOne()).toEqual(["rejected", "sent", "published", "read"]);
      expect(deadLetters(scene)).toEqual([]);
      const rejected = announced(scene.world).announcements.filter(({ type }) => type.endsWith(".rejected"));
      expect(rejected).toHaveLength(1);
    },
  ),
  scenario(
    "a letter is replayed and ends again before the dead letter of its first end is deleted: the later one stays",
    async (scene) => {
      scene.fault({ fate: RESERVED, about: POST, times: 2 });
      scene.request({ id: "a", recipients: [READER], mayEnd: ["rejected"] });
      await scene.live(HOUR);
      scene.fault({ fate: { takesMs: MINUTE }, about: "DELETE dead-letters" });
      await replayAll(scene);
      expect(deadLetters(scene)).toHaveLength(1);
      expect(scene.calls(POST)).toBe(2);
    },
  ),
  scenario("killed as a dead letter is replayed: replayed when its message comes again", async (scene) => {
    scene.fault({ fate: RESERVED, about: POST });
    scene.request({ id: "a", recipients: [READER] });
    await scene.live(HOUR);
    scene.fault({ fate: "dies before", about: DISPATCH });
    await replayAll(scene);
    expect(scene.world.host.deaths).toBe(1);
    expect(scene.toldOfOne()).toEqual(["rejected", "sent", "published", "read"]);
    expect(deadLetters(scene)).toEqual([]);
  }),
  scenario(
    "what a first attempt came to is recorded at last when a copy of its message has ended, and been replayed: it goes on",
    async (scene) => {
      scene.fault({ fate: "handed out twice", about: QUEUES.requests });
      scene.fault({ fate: RESERVED, about: POST, times: 2 });
      scene.fault({ fate: { takesMs: 45 * MINUTE }, about: DISPATCH });
      scene.request({ id: "a", recipients: [READER] });
      await scene.pass(30 * MINUTE);
      expect(scene.toldOfOne()).toEqual(["rejected"]);
      scene.fault({ fate: notFor(3_600), about: POST });
      await replayAll(scene);
      await scene.live(2 * HOUR);
      expect(scene.toldOfOne()).toEqual(["rejected", "sent", "published", "read"]);
    },
  ),
  scenario(
    "nobody knows whether a letter exists, and says so; then an event tells of it: found, sent, and no dead letter stays",
    async (scene) => {
      const { world } = scene;
      scene.fault({ fate: "event lost", about: "", times: 1_000 });
      scene.fault({ fate: "lost", about: POST });
      scene.fault({ fate: { answer: jsonAnswer(200, { ids: [] }) }, about: LOOK_UP, times: 1_000 });
      scene.request({ id: "a", recipients: [READER] });
      await scene.live(2 * DAY, HOUR);
      expect(scene.toldOfOne()).toEqual(["outcomeUnknown"]);
      scene.mend();
      const [made] = letters(scene);
      const resource = `urn:altinn:resource:${EXAMPLE_RESOURCE}`;
      const event = anEvent(made?.correspondenceId, "correspondencepublished", world.timeline.now, { resource });
      void world.host.push({ ...event, resourceinstance: made?.correspondenceId ?? "", subject: "" });
      await scene.live(3 * HOUR);
      expect(scene.toldOfOne()).toEqual(["outcomeUnknown", "sent", "published", "read"]);
      expect(deadLetters(scene)).toEqual([]);
    },
  ),
];
