// Scenarios in which nobody knows at first whether Altinn has the letter: it is looked up by its key.
import { expect } from "vitest";
import { ATTACHMENTS } from "../../chaos/attachments.ts";
import { BEHAVIOURS } from "../../chaos/recipients.ts";
import { codedError, emptyAnswer, jsonAnswer } from "../../local/altinn-simulator/answer.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/clock.ts";
import { FOLDERS } from "../../shared/storage/names.ts";
import { announced } from "../conclude.ts";
import { messageOf, type Scenario } from "../scenario.ts";
import { deadLetters, expectSentAgainAsOne, replayAll, scenario, type WrittenScenario } from "./scenario.ts";

const [READER] = BEHAVIOURS.read.recipients;
const POST = "POST /correspondence";
const LOOK_UP = "GET /correspondence of";
const OVERVIEW = /^GET \/correspondence\/\{id\}$/;
const KEY = "7d5c3f0e-2f6b-4c1d-9b3a-5e0c6a1f2b44";
const LONG = 100_000;

const letters = ({ world }: Scenario) => world.around.altinn.letters();

/** Each must hold. */
export const LOOKING_UP: readonly WrittenScenario[] = [
  scenario(
    "5: every POST is given up, though the first did its work: sent after the look-up, never given up",
    async (scene) => {
      scene.fault({ fate: "lost", about: POST, times: LONG });
      scene.request({ id: "a", recipients: [READER] });
      await scene.live(80 * HOUR, HOUR);
      expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
    },
  ),
  scenario(
    "5: every POST is given up, and look-ups fail as well: nobody is told that it was not sent",
    async (scene) => {
      scene.fault({ fate: "lost", about: POST, times: LONG });
      scene.fault({ fate: "refused", about: LOOK_UP, times: LONG });
      scene.request({ id: "a", recipients: [READER] });
      await scene.live(8 * DAY, HOUR);
      expect(Object.values(scene.told()).flat()).not.toContain("gaveUp");
      expect(Object.values(scene.told()).flat()).not.toContain("rejected");
      scene.mend();
      await scene.live(2 * DAY, HOUR);
      await replayAll(scene);
      expect(scene.toldOfOne()).toContain("sent");
    },
  ),
  scenario("6: 409, but the look-up fails for 72 hours: an alert, then sent", async (scene) => {
    scene.fault({ fate: "lost", about: POST });
    scene.fault({ fate: "refused", about: LOOK_UP, times: LONG });
    scene.request({ id: "a", recipients: [READER] });
    await scene.live(72 * HOUR, HOUR);
    expect(scene.told()).toEqual({});
    expect(scene.logs.join()).toContain("letterExistsButIdUnknown");
    scene.mend();
    await scene.live(DAY, HOUR);
    expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
  }),
  scenario("8: the first POST's answer is 409 for our own letter: sent", async (scene) => {
    scene.fault({ fate: { answer: codedError(1034), isWorkDone: true }, about: POST });
    scene.request({ id: "a", recipients: [READER] });
    await scene.live(HOUR);
    expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
    expect(scene.calls(POST)).toBe(1);
  }),
  scenario(
    "8: the first POST's answer is 409 for our own letter, which is not listed yet: looked up again, and not posted",
    async (scene) => {
      scene.fault({ fate: { answer: codedError(1034), isWorkDone: true }, about: POST });
      scene.fault({ fate: { answer: jsonAnswer(200, { ids: [] }) }, about: LOOK_UP });
      scene.request({ id: "a", recipients: [READER] });
      await scene.live(HOUR);
      expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
      expect(scene.calls(POST)).toBe(1);
    },
  ),
  scenario("16: 409, and the letter was purged meanwhile: sent, then the purge", async (scene) => {
    scene.world.around.altinn.setRule(READER, "purgedByRecipient after 1 ms");
    scene.fault({ fate: "lost", about: POST });
    scene.fault({ fate: "event lost", about: "", times: LONG });
    scene.request({ id: "a", recipients: [READER] });
    await scene.pass(7 * SECOND);
    expect(letters(scene)[0]?.statuses).toContain("PurgedByRecipient");
    expect(scene.told()).toEqual({});
    await scene.live(HOUR);
    expect(scene.toldOfOne()[0]).toBe("sent");
    expect(scene.toldOfOne()).toContain("purgedByRecipient");
  }),
  scenario(
    "17: the key that the producer gave was used by another system: taken, and that letter is not claimed",
    async (scene) => {
      const request = { idempotentKey: KEY };
      const theirs = scene.world.beside();
      theirs.host.start(1);
      theirs.drop(messageOf({ id: "a", recipients: [READER], reference: "theirs", request }));
      scene.isOthers("theirs");
      await scene.pass(MINUTE);
      scene.request({ id: "a", recipients: [READER], reference: "ours", request, mayEnd: ["rejected"] });
      await scene.live(2 * DAY, HOUR);
      expect(scene.toldOfOne()).toEqual(["rejected"]);
      expect(announced(scene.world).announcements[0]?.data.reason).toBe("idempotentKeyTaken");
      const records = scene.world.around.state
        .list()
        .filter(({ name }) => name.startsWith(`${FOLDERS.correspondences}/`));
      expect(JSON.stringify(records.map(({ name }) => scene.world.around.state.read(name)))).not.toContain("link");
    },
  ),
  scenario(
    "21: the answer is lost, the letter published at once, and the next attempt is hours away: claimed, all is told",
    async (scene) => {
      scene.world.around.altinn.setRule(READER, "read after 10 h");
      scene.fault({ fate: "lost", about: POST });
      scene.fault({
        fate: { answer: { ...emptyAnswer(429), headers: { "retry-after": "21600" } } },
        about: new RegExp(`^(${POST}|${LOOK_UP})`),
        after: 1,
      });
      scene.request({ id: "a", recipients: [READER] });
      await scene.pass(MINUTE);
      expect(letters(scene)[0]?.statuses).toContain("Published");
      expect(scene.told()).toEqual({});
      await scene.live(3 * HOUR);
      expect(scene.toldOfOne()).toEqual(["sent", "published"]);
      await scene.live(9 * HOUR);
    },
  ),
  scenario(
    "26: the upload of letter and files worked, its answer was lost: no second upload, one letter",
    async (scene) => {
      scene.fault({ fate: "lost", about: "POST /correspondence/upload" });
      scene.request({ id: "a", recipients: [READER], content: { attachments: ATTACHMENTS } });
      await scene.live(HOUR);
      expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
      expect(scene.calls(POST)).toBe(1);
      expect(scene.world.around.altinn.files()).toHaveLength(ATTACHMENTS.length);
    },
  ),
  scenario("27: a letter to a dialog is answered 4xx but was saved: found, sent", async (scene) => {
    scene.fault({ fate: { answer: codedError(1046), isWorkDone: true }, about: POST });
    const externalReferences = [
      { referenceType: "DialogportenDialogId", referenceValue: "0193b2c1-0000-7000-8000-000000000001" },
    ];
    scene.request({ id: "a", recipients: [READER], letter: { externalReferences } });
    await scene.live(HOUR);
    expect(scene.toldOfOne()[0]).toBe("sent");
    expect(letters(scene)).toHaveLength(1);
    expect(deadLetters(scene)).toEqual([]);
  }),
  scenario("37: a key of the producer's; 409, and the overview is answered by a page's 403: sent", async (scene) => {
    scene.fault({ fate: "lost", about: POST });
    scene.fault({ fate: { answer: emptyAnswer(403) }, about: OVERVIEW });
    scene.request({ id: "a", recipients: [READER], request: { idempotentKey: KEY } });
    await scene.live(HOUR);
    expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
  }),
  scenario("41: a letter is found by its key, and its notification fails afterwards: told", async (scene) => {
    const notification = { notificationTemplate: "GenericAltinnMessage", notificationChannel: "Email" };
    scene.fault({ fate: "lost", about: POST });
    scene.world.around.altinn.setRule(READER, "notificationFailed after 1 h, read after 2 h");
    scene.request({ id: "a", recipients: [READER], letter: { notification } });
    await scene.live(3 * HOUR);
    expect(scene.toldOfOne()).toEqual(["sent", "published", "notificationFailed", "read"]);
  }),
  scenario(
    "43: every POST does its work and answers 409 without a body, for 14 days: sent after a look-up",
    async (scene) => {
      scene.fault({ fate: { answer: emptyAnswer(409), isWorkDone: true }, about: POST, times: LONG });
      scene.request({ id: "a", recipients: [READER] });
      await scene.live(14 * DAY, 6 * HOUR);
      expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
      expect(scene.calls(POST)).toBe(1);
    },
  ),
  scenario(
    "44: a key of our own: 409, then empty look-ups for a day: nobody knows, never rejected; a replay finds it",
    async (scene) => {
      scene.fault({ fate: "lost", about: POST });
      scene.fault({ fate: { answer: jsonAnswer(200, { ids: [] }) }, about: /^GET \/correspondence( |$)/, times: LONG });
      scene.request({ id: "a", recipients: [READER] });
      await scene.live(3 * DAY, HOUR);
      expect(scene.toldOfOne()).toEqual(["outcomeUnknown"]);
      scene.mend();
      await replayAll(scene);
      expect(scene.toldOfOne()).toEqual(["outcomeUnknown", "sent", "published", "read"]);
      expect(letters(scene)).toHaveLength(1);
      expect(deadLetters(scene)).toEqual([]);
    },
  ),
  scenario(
    "51: request records are lost, the same request with the producer's key is dropped again: sent as before",
    async (scene) => {
      const { state } = scene.world.around;
      const { text } = scene.request({ id: "a", recipients: [READER], request: { idempotentKey: KEY } });
      await scene.live(HOUR);
      for (const { name } of state.list()) if (name.startsWith(`${FOLDERS.requests}/`)) state.remove(name);
      scene.drop({ text });
      await scene.live(HOUR);
      expectSentAgainAsOne(scene);
    },
  ),
  ...(
    [
      ["another letter's id", ([other = ""]: readonly string[]) => [other]],
      ["several ids, ours among them", ([other = "", own = ""]: readonly string[]) => [own, other]],
    ] as const
  ).map(([what, idsOf]) =>
    scenario(`55: a look-up by key answers with ${what}: not claimed, an alert, looked up again`, async (scene) => {
      const theirs = scene.world.beside();
      theirs.host.start(1);
      theirs.drop(messageOf({ id: "other", recipients: [READER], reference: "theirs" }));
      scene.isOthers("theirs");
      await scene.live(HOUR);
      scene.fault({ fate: "lost", about: POST });
      scene.request({ id: "own", recipients: [READER] });
      await scene.pass(SECOND);
      const ids = idsOf(letters(scene).map(({ correspondenceId }) => correspondenceId));
      scene.fault({ fate: { answer: jsonAnswer(200, { ids }) }, about: LOOK_UP, times: LONG });
      await scene.live(30 * MINUTE);
      expect(scene.logs.join()).toContain("lookUpMismatch");
      expect(scene.told()).toEqual({});
      scene.mend();
      await scene.live(HOUR);
      expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
      expect(deadLetters(scene)).toEqual([]);
    }),
  ),
];
