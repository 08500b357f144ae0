// Scenarios of requests to many: fanned out, killed on the way, their files uploaded once.
import { expect } from "vitest";
import { ATTACHMENTS } from "../../chaos/attachments.ts";
import { BEHAVIOURS } from "../../chaos/recipients.ts";
import { type Answer, codedError, emptyAnswer } from "../../local/altinn-simulator/answer.ts";
import { DAY, HOUR, MINUTE, SECOND, timestamp } from "../../shared/clock.ts";
import { dispatchId } from "../../shared/requests/dispatchId.ts";
import { DOCUMENTS, FOLDERS, QUEUES, recordName } from "../../shared/storage/names.ts";
import { messageOf, type Scenario } from "../scenario.ts";
import { simulatedSettings } from "../settings.ts";
import { cancelOf, deadLetters, replayAll, scenario, type WrittenScenario } from "./scenario.ts";

const READERS = BEHAVIOURS.read.recipients;
const TWENTY = READERS.slice(0, 20);
const [FILE] = ATTACHMENTS;
const POST = "POST /correspondence";
const UPLOAD = "POST /attachment/{id}/upload";
const RESERVED = { answer: codedError(1030) };
const NOT_NOW = { answer: emptyAnswer(429) };
const LONG = 100_000;

const letters = ({ world }: Scenario) => world.around.altinn.letters();

/** How many letters were told of as this. */
const told = (scene: Scenario, what: string) =>
  Object.values(scene.told()).filter((ofLetter) => ofLetter.includes(what)).length;

const FORTY = READERS.slice(0, 40);

/** Each must hold. */
export const MANY_RECIPIENTS: readonly WrittenScenario[] = [
  ...(
    [
      ["after a dispatch's record, before its message", `POST ${QUEUES.dispatches}`],
      ["after a dispatch's message, before the cursor", "PUT state requests/"],
    ] as const
  ).map(([when, about]) =>
    scenario(`22: a fan-out is killed ${when}: each one letter, files uploaded once`, async (scene) => {
      scene.request({ id: "a", recipients: TWENTY, content: { attachments: ATTACHMENTS } });
      // The files are scanned by now, and neither is known to be.
      await scene.pass(22 * SECOND);
      scene.fault({ fate: "dies before", about, after: 3 });
      await scene.live(3 * HOUR);
      expect(scene.world.host.deaths).toBe(1);
      expect(letters(scene)).toHaveLength(TWENTY.length);
      expect(told(scene, "sent")).toBe(TWENTY.length);
      expect(scene.calls(UPLOAD)).toBe(ATTACHMENTS.length);
    }),
  ),
  scenario("22: two start the same fan-out at once: each one letter, files uploaded once", async (scene) => {
    scene.fault({ fate: "handed out twice", about: QUEUES.dispatches, times: 3 });
    scene.fault({ fate: { takesMs: 15 * SECOND }, about: /^(POST \/attachment|PUT state requests)/, times: 8 });
    scene.request({ id: "a", recipients: TWENTY, content: { attachments: ATTACHMENTS } });
    await scene.live(3 * HOUR);
    expect(letters(scene)).toHaveLength(TWENTY.length);
    expect(scene.calls(UPLOAD)).toBe(ATTACHMENTS.length);
  }),
  scenario("22: a recipient twice in two forms, which Altinn would refuse: refused whole, no letter", async (scene) => {
    const [first] = READERS;
    const recipients = [first, first.replace("urn:altinn:organization:identifier-no:", "0192:")];
    scene.drop(messageOf({ id: "twice", recipients }), [], [{ mark: "twice" }]);
    await scene.live(HOUR);
    expect(Object.values(scene.told())).toEqual([["rejected"]]);
    expect(letters(scene)).toEqual([]);
  }),
  scenario(
    "23: the last letter of a shared file is not in the index yet when the others have ended: the file is not purged under it",
    async (scene) => {
      scene.fault({ fate: RESERVED, about: POST });
      scene.fault({ fate: { answer: { status: 503, body: null, contentType: null } }, about: POST, times: 6 });
      scene.request({
        id: "a",
        recipients: READERS.slice(0, 2),
        mayEnd: ["rejected"],
        content: { attachments: [FILE] },
      });
      await scene.live(DAY, HOUR);
      expect(told(scene, "rejected")).toBe(1);
      expect(told(scene, "sent")).toBe(1);
      expect(scene.calls("DELETE /attachment")).toBe(0);
    },
    { odds: { indexLagMs: 6 * HOUR } },
  ),
  ...(
    [
      ["the due date passes", async () => {}],
      [
        "a stricter rule is deployed",
        async (scene: Scenario) => scene.world.deploy(await simulatedSettings({ ALTINN_RESOURCES: "cases" })),
      ],
    ] as const
  ).map(([what, happens]) =>
    scenario(
      `35: a fan-out to 20 is killed after 16 and before its first cursor, then ${what}: each ends for itself`,
      async (scene) => {
        scene.fault({ fate: "dies before", about: "PUT state requests/", after: 2 });
        const dueDateTime = timestamp(scene.world.timeline.now + 5 * MINUTE);
        scene.request({
          id: "a",
          recipients: TWENTY,
          mayEnd: ["rejected"],
          letter: what.startsWith("the due") ? { dueDateTime } : {},
        });
        await scene.pass(2 * MINUTE);
        expect(letters(scene)).toHaveLength(16);
        await happens(scene);
        await scene.live(2 * DAY, HOUR);
        expect(letters(scene)).toHaveLength(16);
        expect(told(scene, "sent")).toBe(16);
        expect(told(scene, "rejected")).toBe(4);
        expect(Object.keys(scene.told())).toHaveLength(20);
      },
    ),
  ),
  scenario(
    "36: one recipient's record cannot be read while a request to 20 is fanned out: 19 sent, that one alerted, and later sent",
    async (scene) => {
      const { state } = scene.world.around;
      scene.request({ id: "before", recipients: [TWENTY[0] ?? ""] });
      await scene.live(HOUR);
      const marker = state.read(DOCUMENTS.marker)?.value;
      const namespace = /"namespace":"([^"]+)"/.exec(JSON.stringify(marker))?.[1] ?? "";
      const unread = recordName(FOLDERS.dispatches, dispatchId(namespace, "a", TWENTY[7] ?? ""));
      state.put(unread, "{}");
      scene.request({ id: "a", recipients: TWENTY });
      await scene.live(5 * HOUR);
      expect(letters(scene)).toHaveLength(1 + 19);
      expect(scene.logs.join()).toContain("recordUnreadable");
      state.remove(unread);
      await scene.live(3 * HOUR);
      expect(letters(scene)).toHaveLength(1 + 20);
      expect(told(scene, "sent")).toBe(1 + 20);
    },
  ),
  scenario("one message runs several letters: killed between two of them, each goes once", async (scene) => {
    scene.fault({ fate: "dies before", about: POST, after: 7 });
    scene.request({ id: "a", recipients: FORTY });
    await scene.live(HOUR);
    expect(scene.world.host.deaths).toBe(1);
    expect(letters(scene)).toHaveLength(FORTY.length);
    // A message for three of them; then what each needs by itself.
    expect(scene.calls(`POST ${QUEUES.dispatches}`)).toBeLessThan(FORTY.length);
  }),
  scenario(
    "one message runs several letters: storage fails for one of them, and the others don't wait",
    async (scene) => {
      scene.fault({ fate: "refused", about: "GET state dispatches/", after: 4 });
      scene.request({ id: "a", recipients: FORTY });
      await scene.pass(20 * SECOND);
      expect(letters(scene)).toHaveLength(FORTY.length - 1);
      await scene.live(HOUR);
      expect(letters(scene)).toHaveLength(FORTY.length);
    },
  ),
  scenario("one message runs several letters: Altinn is down, and what is left waits by one message", async (scene) => {
    scene.fault({ fate: { answer: { status: 503, body: null, contentType: null } }, about: POST, times: 40 });
    scene.request({ id: "a", recipients: FORTY });
    await scene.live(3 * HOUR);
    expect(letters(scene)).toHaveLength(FORTY.length);
    expect(scene.logs.join()).toContain("breakerOpen");
  }),
  scenario("one message runs several letters: one of them is cancelled before, and the others go", async (scene) => {
    scene.fault({ fate: { takesMs: MINUTE }, about: POST, times: 40 });
    scene.request({ id: "a", recipients: FORTY, mayEnd: ["cancelled"] });
    await scene.pass(3 * SECOND);
    scene.drop(cancelOf("a"));
    await scene.live(3 * HOUR);
    expect(letters(scene).length).toBeLessThan(FORTY.length);
    expect(told(scene, "cancelled")).toBeGreaterThan(0);
  }),
  ...["UploadProcessing", "Dreaming"].map((status) =>
    scenario(
      `42: the status of a shared file stays ${status}: ended by its name within the give-up time, alerted, purged`,
      async (scene) => {
        const answer = (own: Answer) => ({ ...own, body: String(own.body).replace("UploadProcessing", status) });
        scene.world.around.altinn.scanFor(365 * DAY);
        scene.fault({ fate: { answer }, about: "GET /attachment/{id}", times: LONG });
        scene.request({
          id: "a",
          recipients: READERS.slice(0, 2),
          mayEnd: ["gaveUp"],
          content: { attachments: [FILE] },
        });
        await scene.live(5 * DAY, 3 * HOUR);
        expect(scene.toldOfOne()).toEqual(["gaveUp"]);
        const [dead = ""] = deadLetters(scene);
        expect(JSON.stringify(scene.world.around.deadLetters.read(dead))).toMatch(/"detail":"[^"]*vedtak\.pdf/);
        expect(scene.logs.join()).toContain("attachmentNotScanned");
        expect(scene.world.around.altinn.files()).toEqual([[FILE.fileName, "Purged"]]);
      },
    ),
  ),
  ...[1, 3].map((count) =>
    scenario(
      `45: the content of letters to ${count} is lost while they wait, and dropped again: restored, sent`,
      async (scene) => {
        const { accepted } = scene.world.around;
        scene.fault({ fate: "refused", about: POST, times: LONG });
        const { text } = scene.request({ id: "a", recipients: READERS.slice(0, count) });
        await scene.live(10 * MINUTE);
        for (const { name } of accepted.list()) accepted.remove(name);
        scene.world.deploy();
        scene.drop({ text });
        await scene.pass(MINUTE);
        expect(accepted.size).toBe(1);
        scene.mend();
        await scene.live(DAY, HOUR);
        expect(letters(scene)).toHaveLength(count);
        expect(told(scene, "sent")).toBe(count);
      },
    ),
  ),
  scenario(
    "45: a fan-out to 20 is killed after 16, its content is lost, and all is given up; dropped again: all 20 are sent",
    async (scene) => {
      const { accepted } = scene.world.around;
      scene.fault({ fate: "dies after", about: "PUT state requests/", after: 2 });
      scene.fault({ fate: NOT_NOW, about: POST, times: LONG });
      const { text } = scene.request({ id: "a", recipients: TWENTY });
      await scene.pass(5 * SECOND);
      for (const { name } of accepted.list()) accepted.remove(name);
      scene.world.deploy();
      await scene.live(5 * DAY, 3 * HOUR);
      // Sixteen by themselves, and the others as one.
      expect(told(scene, "gaveUp")).toBe(17);
      scene.mend();
      // Dropping it again has all of them sent again, as if an operator had asked for each.
      for (const name of deadLetters(scene)) scene.world.replayed.set(name, scene.world.timeline.now);
      scene.drop({ text });
      await scene.live(2 * HOUR);
      expect(letters(scene)).toHaveLength(TWENTY.length);
      expect(told(scene, "sent")).toBe(TWENTY.length);
    },
  ),
  scenario(
    "47: a replayed letter with a large file; the purge of its old upload keeps failing: the new one is used",
    async (scene) => {
      scene.world.around.sizes.set(FILE.blob, 3 * 1024 ** 3);
      scene.fault({ fate: RESERVED, about: POST });
      scene.fault({ fate: "refused", about: "DELETE /attachment", times: LONG });
      scene.request({ id: "a", recipients: [READERS[0]], content: { attachments: [FILE] } });
      await scene.live(HOUR);
      expect(scene.toldOfOne()).toEqual(["rejected"]);
      await replayAll(scene);
      await scene.live(7 * DAY, 3 * HOUR);
      expect(scene.toldOfOne()).toEqual(["rejected", "sent", "published", "read"]);
      expect(deadLetters(scene)).toEqual([]);
      expect(scene.calls(UPLOAD)).toBe(2);
      expect(scene.logs.join()).toContain("attachmentNotPurged");
      scene.world.around.altinn.purgeUnused();
    },
  ),
  scenario("48: an upload has expired at Altinn, and its letter is replayed: uploaded anew, sent", async (scene) => {
    scene.fault({ fate: RESERVED, about: POST });
    scene.request({ id: "a", recipients: READERS.slice(0, 2), content: { attachments: [FILE] } });
    await scene.live(HOUR);
    expect(told(scene, "sent")).toBe(1);
    scene.world.around.altinn.expireFiles();
    await replayAll(scene);
    await scene.live(DAY, HOUR);
    expect(told(scene, "sent")).toBe(2);
    expect(scene.world.around.altinn.files()).toEqual([
      [FILE.fileName, "Expired"],
      [FILE.fileName, "Published"],
    ]);
    expect(deadLetters(scene)).toEqual([]);
  }),
];
