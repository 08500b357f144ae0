// Scenarios of single letters: the process dies, answers are lost, messages come twice or in another order.
import { expect } from "vitest";
import { BEHAVIOURS } from "../../chaos/recipients.ts";
import { codedError, emptyAnswer } from "../../local/altinn-simulator/answer.ts";
import { DAY, HOUR, MINUTE, SECOND, timestamp } from "../../shared/clock.ts";
import { DOCUMENTS, QUEUES } from "../../shared/storage/names.ts";
import { announced } from "../conclude.ts";
import { messageOf, type Scenario } from "../scenario.ts";
import { simulatedSettings } from "../settings.ts";
import { deadLetters, replayAll, scenario, type WrittenScenario } from "./scenario.ts";

const [READER] = BEHAVIOURS.read.recipients;
const RESERVED = { answer: codedError(1030) };
const NOT_NOW = { answer: emptyAnswer(429) };
const POST = "POST /correspondence";

/** As an announcement's id says: told once, however often it was put on the queue. */
const idsOf = ({ world }: Scenario, what: string) =>
  new Set(announced(world).announcements.flatMap(({ id, type }) => (type.endsWith(`.${what}`) ? [id] : []))).size;

const letters = ({ world }: Scenario) => world.around.altinn.letters();

/** Each must hold. */
export const SENDING: readonly WrittenScenario[] = [
  scenario(
    "1: killed after the POST at every delivery; the message goes to poison and back: one letter, sent",
    async (scene) => {
      scene.fault({ fate: "dies after", about: POST });
      scene.fault({ fate: "dies before", about: "GET state", times: 4 });
      scene.request({ id: "a", recipients: [READER] });
      await scene.live(3 * HOUR);
      expect(letters(scene)).toHaveLength(1);
      expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
    },
  ),
  scenario("2: a producer's SDK repeats a put whose answer was lost: one letter", async (scene) => {
    const { text } = scene.request({ recipients: [READER] });
    scene.drop({ text });
    await scene.live(HOUR);
    expect(letters(scene)).toHaveLength(1);
  }),
  scenario(
    "3: killed after the POST; before the redelivery the due date passes: sent, never rejected",
    async (scene) => {
      scene.fault({ fate: "dies after", about: POST });
      const dueDateTime = timestamp(scene.world.timeline.now + 5 * MINUTE);
      scene.request({ id: "a", recipients: [READER], letter: { dueDateTime } });
      await scene.live(HOUR);
      expect(scene.toldOfOne()).toContain("sent");
      expect(deadLetters(scene)).toEqual([]);
    },
  ),
  scenario(
    "3: killed after the POST; before the redelivery a stricter rule is deployed: sent, never rejected",
    async (scene) => {
      scene.fault({ fate: "dies after", about: POST });
      scene.request({ id: "a", recipients: [READER] });
      await scene.pass(MINUTE);
      scene.world.deploy(await simulatedSettings({ ALTINN_RESOURCES: "cases" }));
      await scene.live(HOUR);
      expect(scene.toldOfOne()).toContain("sent");
      expect(deadLetters(scene)).toEqual([]);
    },
  ),
  scenario(
    "3: killed after the POST; before the redelivery the claim check's blob is gone: sent, never rejected",
    async (scene) => {
      scene.fault({ fate: "dies after", about: POST });
      const { text } = messageOf({ id: "a", recipients: [READER] });
      const requestBlob = { path: "a.json", text };
      scene.drop({ text: JSON.stringify({ requestBlob: requestBlob.path }), requestBlob }, [
        { requestId: "a", reference: "reference of a", recipient: READER },
      ]);
      await scene.pass(SECOND);
      expect(letters(scene)).toHaveLength(1);
      scene.world.around.requests.remove(requestBlob.path);
      await scene.live(DAY, HOUR);
      expect(scene.toldOfOne()).toContain("sent");
      expect(deadLetters(scene)).toEqual([]);
    },
  ),
  scenario(
    "7: A is posted and dies; B comes with its id and other content: A sent, B a dead letter of its own",
    async (scene) => {
      scene.fault({ fate: "dies after", about: POST });
      scene.request({ id: "x", recipients: [READER], reference: "reference of A" });
      await scene.pass(MINUTE);
      scene.request({ id: "x", recipients: [READER], reference: "reference of B", mayEnd: ["rejected"] });
      await scene.live(HOUR);
      expect(Object.values(scene.told())).toEqual([["rejected"], ["sent", "published", "read"]]);
      expect(deadLetters(scene)).toEqual([expect.stringMatching(/^[0-9a-f-]{36}-[0-9a-f]{64}\.json$/)]);
      expect(letters(scene)).toHaveLength(1);
    },
  ),
  scenario(
    "9: refused as reserved, killed before that is told; no longer reserved since: rejected once, no second call",
    async (scene) => {
      scene.fault({ fate: RESERVED, about: POST });
      scene.fault({ fate: "dies after", about: "PUT dead-letters" });
      scene.request({ id: "a", recipients: [READER], mayEnd: ["rejected"] });
      await scene.live(HOUR);
      expect(scene.toldOfOne()).toEqual(["rejected"]);
      expect(scene.calls(POST)).toBe(1);
      expect(idsOf(scene, "rejected")).toBe(1);
    },
  ),
  scenario(
    "12: the next message was put, killed before the record says so, the old one comes again: one chain",
    async (scene) => {
      scene.fault({ fate: "refused", about: POST, times: 6 });
      scene.fault({ fate: "dies after", about: "POST dispatches", after: 1 });
      scene.request({ id: "a", recipients: [READER] });
      // The old one has come again by then, and the letter goes on waiting.
      await scene.pass(15 * MINUTE);
      for (let minute = 15; minute < 45; minute++) {
        await scene.pass(MINUTE);
        expect(scene.world.around.queues.length(QUEUES.dispatches)).toBe(1);
      }
      await scene.live(DAY, HOUR);
      expect(scene.toldOfOne()).toContain("sent");
      expect(scene.calls(POST)).toBe(7);
      expect(letters(scene)).toHaveLength(1);
    },
  ),
  scenario("14: rejected, replayed, rejected again: two announcements with two ids, one dead letter", async (scene) => {
    scene.fault({ fate: RESERVED, about: POST, times: 2 });
    scene.request({ id: "a", recipients: [READER], mayEnd: ["rejected"] });
    await scene.live(HOUR);
    await replayAll(scene);
    expect(idsOf(scene, "rejected")).toBe(2);
    expect(deadLetters(scene)).toHaveLength(1);
  }),
  scenario("15: the same wrong message again past midnight: one dead letter, one announcement", async (scene) => {
    const { text } = messageOf({ id: "wrong", recipients: [READER], content: { messageTitle: "" } });
    for (const refusals of [[{ mark: "wrong" }], []]) {
      scene.drop({ text }, [], refusals);
      await scene.live(DAY, HOUR);
    }
    expect(deadLetters(scene)).toHaveLength(1);
    expect(announced(scene.world).announcements).toHaveLength(2);
    expect(idsOf(scene, "rejected")).toBe(1);
  }),
  scenario(
    "24: the poison move leaves a copy in both queues while the letter is being sent: one letter, no dead letter",
    async (scene) => {
      scene.fault({ fate: "poisoned", about: QUEUES.requests });
      scene.fault({ fate: "handed out twice", about: QUEUES.requests });
      scene.request({ id: "a", recipients: [READER] });
      await scene.live(HOUR);
      expect(deadLetters(scene)).toEqual([]);
      expect(letters(scene)).toHaveLength(1);
    },
  ),
  ...(
    [
      ["the request's record", "PUT state requests/"],
      ["the letter's record", "PUT state correspondences/"],
      ["an announcement", `POST ${QUEUES.announcements}`],
      ["a dispatch's record", "PUT state dispatches/"],
      ["a dispatch's message", `POST ${QUEUES.dispatches}`],
    ] as const
  ).flatMap(([what, about]) => [
    ...(["lost", "repeated"] as const).map((fate) =>
      scenario(
        `25: the answer to the write of ${what} is ${fate}: no double count, no false conflict`,
        async (scene) => {
          scene.fault({ fate, about });
          scene.fault({ fate: "refused", about: POST });
          scene.request({ id: "a", recipients: [READER] });
          await scene.live(HOUR);
          expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
          for (const status of ["sent", "published", "read"]) expect(idsOf(scene, status)).toBe(1);
          expect(letters(scene)).toHaveLength(1);
          expect(deadLetters(scene)).toEqual([]);
        },
      ),
    ),
  ]),
  scenario(
    "28: two instances start on fresh storage with messages waiting: no false brake",
    async (scene) => {
      for (const id of ["a", "b", "c", "d"]) scene.request({ id, recipients: [READER] });
      scene.world.host.start(2);
      await scene.live(HOUR);
      expect(letters(scene)).toHaveLength(4);
      expect(scene.logs).toEqual([]);
    },
    { odds: { instances: 0 } },
  ),
  scenario(
    "28: an instance makes the marker of fresh storage while another has made it: both go by that one",
    async (scene) => {
      scene.fault({ fate: { takesMs: SECOND }, about: `PUT state ${DOCUMENTS.marker}` });
      scene.world.host.start(1);
      scene.request({ id: "a", recipients: [READER] });
      await scene.pass(SECOND / 2);
      scene.world.host.start(1);
      scene.request({ id: "b", recipients: [READER] });
      await scene.live(HOUR);
      expect(letters(scene)).toHaveLength(2);
      expect(scene.logs).toEqual([]);
    },
    { odds: { instances: 0 } },
  ),
  scenario(
    "31: killed after the request's record, the message lost with its copy: found, told and alerted",
    async (scene) => {
      scene.fault({ fate: "dies after", about: "PUT state requests/" });
      scene.request({ id: "a", recipients: [READER], mayEnd: ["gaveUp"] });
      await scene.pass(MINUTE);
      scene.world.loseMessages();
      await scene.live(6 * DAY, 3 * HOUR);
      expect(scene.toldOfOne()).toEqual(["gaveUp"]);
      expect(scene.logs.join()).toContain("requestLost");
    },
  ),
  scenario("31: killed after the POST, the message lost with its copy: found, and told as sent", async (scene) => {
    scene.fault({ fate: "dies after", about: POST });
    scene.request({ id: "a", recipients: [READER] });
    await scene.pass(SECOND);
    scene.world.loseMessages();
    await scene.live(3 * DAY, 3 * HOUR);
    expect(scene.toldOfOne()).toContain("sent");
  }),
  scenario("33: two deployments, the same request id and recipient: two letters", async (scene) => {
    scene.request({ id: "a", recipients: [READER] });
    const second = scene.world.beside();
    second.host.start(1);
    const theirs = { id: "a", recipients: [READER], reference: "theirs" };
    second.drop(messageOf(theirs));
    scene.isOthers(theirs.reference);
    await scene.live(HOUR);
    expect(
      letters(scene)
        .map(({ reference }) => reference)
        .toSorted(),
    ).toEqual(["reference of a", "theirs"]);
    const sent = announced(second).announcements.filter(({ type }) => type.endsWith(".sent"));
    expect(sent.map(({ data }) => data.sendersReference)).toEqual(["theirs"]);
  }),
  scenario(
    "38: a refusal is recorded, and its queue takes nothing until the message is poisoned: told after all",
    async (scene) => {
      scene.fault({ fate: RESERVED, about: POST });
      scene.fault({ fate: "refused", about: `POST ${QUEUES.announcements}`, times: 20 });
      scene.request({ id: "a", recipients: [READER], mayEnd: ["rejected"] });
      await scene.live(2 * HOUR);
      expect(scene.toldOfOne()).toEqual(["rejected"]);
      expect(scene.calls(POST)).toBe(1);
      expect(deadLetters(scene)).toHaveLength(1);
    },
  ),
  scenario(
    "a refusal is recorded, storage fails, and the message that would have told it is lost: told by the next sweep but one",
    async (scene) => {
      const { host, around } = scene.world;
      scene.fault({ fate: RESERVED, about: POST });
      scene.fault({ fate: "refused", about: "PUT dead-letters" });
      host.disable(QUEUES.dispatches);
      scene.request({ id: "a", recipients: [READER], mayEnd: ["rejected"] });
      await scene.pass(2 * MINUTE);
      const [message, ...others] = around.queues.messages(QUEUES.dispatches);
      expect(others).toEqual([]);
      if (message) around.queues.lose(message);
      host.enable(QUEUES.dispatches);
      expect(scene.told()).toEqual({});
      await scene.live(HOUR);
      expect(scene.toldOfOne()).toEqual(["rejected"]);
      expect(deadLetters(scene)).toHaveLength(1);
      expect(scene.calls(POST)).toBe(1);
    },
  ),
  ...[false, true].map((isLater) => {
    const what = isLater ? "an end after a second attempt" : "an end at once";
    return scenario(
      `${what} is recorded, and no queue takes anything until the host gives its message up: told by the next sweep but one`,
      async (scene) => {
        if (isLater) scene.fault({ fate: NOT_NOW, about: POST });
        scene.fault({ fate: RESERVED, about: POST });
        scene.request({ id: "a", recipients: [READER], mayEnd: ["rejected"] });
        if (isLater) await scene.pass(2 * SECOND);
        scene.fault({ fate: "refused", about: /^POST (?!\/)/, times: 1_000 });
        await scene.live(6 * HOUR);
        expect(scene.told()).toEqual({});
        scene.mend();
        await scene.live(HOUR);
        expect(scene.toldOfOne()).toEqual(["rejected"]);
        // No operator puts the message back, and it expires.
        await scene.live(8 * DAY, HOUR);
        expect(scene.toldOfOne()).toEqual(["rejected"]);
        expect(idsOf(scene, "rejected")).toBe(1);
        expect(deadLetters(scene)).toHaveLength(1);
      },
    );
  }),
  scenario(
    "39: killed between record and POST in the evening; the timer comes first in the morning: one letter, sent",
    async (scene) => {
      scene.fault({ fate: "dies before", about: POST });
      scene.request({ id: "a", recipients: [READER] });
      await scene.pass(MINUTE);
      scene.world.host.disable(QUEUES.requests);
      await scene.live(36 * HOUR, HOUR);
      expect(scene.told()).toEqual({});
      scene.world.host.enable(QUEUES.requests);
      await scene.live(HOUR);
      expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
    },
  ),
  scenario(
    "54: a first attempt is refused after a copy of its message has sent the letter: no dead letter beside it",
    async (scene) => {
      scene.fault({ fate: RESERVED, about: POST });
      scene.fault({ fate: "handed out twice", about: QUEUES.requests });
      scene.fault({ fate: { takesMs: 10 * MINUTE }, about: /^PUT (dead-letters|state dispatches)/ });
      scene.request({ id: "a", recipients: [READER] });
      await scene.live(HOUR);
      expect(scene.toldOfOne()).toContain("sent");
      expect(deadLetters(scene)).toEqual([]);
    },
  ),
];
