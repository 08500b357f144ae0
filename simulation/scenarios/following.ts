// Scenarios of letters that are sent, and of what Altinn tells of them: late, twice, in another order, or not at all.
import { expect } from "vitest";
import { INFECTED } from "../../chaos/attachments.ts";
import { SECOND_STATUS_QUEUE } from "../../chaos/errand.ts";
import { BEHAVIOURS } from "../../chaos/recipients.ts";
import { EXAMPLE_RESOURCE } from "../../local/start/appSettings.ts";
import { DAY, HOUR, MINUTE, SECOND, timestamp } from "../../shared/clock.ts";
import { FOLDERS, QUEUES } from "../../shared/storage/names.ts";
import { anEvent } from "../../test/builders/event.ts";
import { announced } from "../conclude.ts";
import type { Scenario } from "../scenario.ts";
import { scenario, type WrittenScenario } from "./scenario.ts";

const READERS = BEHAVIOURS.read.recipients;
const [READER] = READERS;
const [CONFIRMER] = BEHAVIOURS.confirm.recipients;
const POST = "POST /correspondence";
const QUESTIONS = /^GET \/correspondence/;
const LONG = 100_000;
const NO_EVENTS = { fate: "event lost", about: "", times: LONG } as const;

const inDays = ({ world }: Scenario, days: number) => timestamp(world.timeline.now + days * DAY);

/** Each must hold. */
export const FOLLOWING: readonly WrittenScenario[] = [
  scenario(
    "18: the answer is lost on day 1, the letter found on day 3; the recipient purges it: settled by a sweep",
    async (scene) => {
      scene.world.around.altinn.setRule(READER, "none");
      scene.fault({ fate: "lost", about: POST });
      scene.fault({ fate: "refused", about: /^(POST|GET) \/correspondence of/, after: 1, times: LONG });
      scene.request({ id: "a", recipients: [READER] });
      await scene.live(2 * DAY, HOUR);
      expect(scene.told()).toEqual({});
      scene.mend();
      await scene.live(DAY, HOUR);
      expect(scene.toldOfOne()).toEqual(["sent", "published"]);
      scene.fault(NO_EVENTS);
      scene.world.around.altinn.act(READER, "purgedByRecipient");
      await scene.live(DAY, HOUR);
      expect(scene.toldOfOne()).toEqual(["sent", "published", "purgedByRecipient"]);
    },
  ),
  scenario("19: published 100 days ago, and no event comes: followed all the same", async (scene) => {
    scene.fault(NO_EVENTS);
    scene.request({ id: "a", recipients: [READER], letter: { requestedPublishTime: inDays(scene, -100) } });
    await scene.live(2 * HOUR);
    expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
  }),
  scenario(
    "19: to be published in 100 days, its attachment fails its scan tomorrow, and no event comes: told tomorrow",
    async (scene) => {
      scene.world.around.altinn.scanFor(DAY);
      scene.fault(NO_EVENTS);
      const letter = { requestedPublishTime: inDays(scene, 100) };
      scene.request({ id: "a", recipients: [READER], letter, content: { attachments: [INFECTED] } });
      await scene.live(20 * HOUR, HOUR);
      expect(scene.toldOfOne()).toEqual(["sent"]);
      await scene.live(8 * HOUR, HOUR);
      expect(scene.toldOfOne()).toEqual(["sent", "failed"]);
    },
  ),
  scenario(
    "20: statuses by overview, and by events that come late, twice and with another time: one announcement each",
    async (scene) => {
      scene.fault({ fate: "event late", about: /^correspondence(published|receiverread)/, times: 2 });
      scene.fault({ fate: "event repeated", about: "correspondence", times: LONG });
      const letter = { isConfirmationNeeded: true, dueDateTime: inDays(scene, 30) };
      scene.request({ id: "a", recipients: [CONFIRMER], letter });
      await scene.live(HOUR);
      expect(scene.toldOfOne().toSorted()).toEqual(["confirmed", "published", "read", "sent"]);
      const [made] = scene.world.around.altinn.letters();
      const event = anEvent(made?.correspondenceId ?? "", "correspondencereceiverconfirmed", scene.world.timeline.now);
      void scene.world.host.push({ ...event, resourceinstance: made?.correspondenceId ?? "", subject: "" });
      await scene.live(13 * HOUR);
      const ids = announced(scene.world).announcements.map(({ id }) => id);
      expect(ids).toHaveLength(4);
      expect(new Set(ids).size).toBe(4);
    },
  ),
  ...(
    [
      ["", {}],
      [", with CONFIRM_EVENTS", { CONFIRM_EVENTS: "true" }],
    ] as const
  ).map(([how, settings]) =>
    scenario(
      `40: read, then purged, and the one check meets a 503${how}: told after the next sweep`,
      async (scene) => {
        scene.request({ id: "a", recipients: [READER] });
        await scene.live(HOUR);
        expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
        scene.fault({ fate: "refused", about: QUESTIONS });
        scene.world.around.altinn.act(READER, "purgedByRecipient");
        await scene.pass(MINUTE);
        expect(scene.toldOfOne()).toHaveLength(3);
        await scene.live(20 * MINUTE);
        expect(scene.toldOfOne()).toEqual(["sent", "published", "read", "purgedByRecipient"]);
        const asked = scene.calls(QUESTIONS);
        await scene.live(2 * DAY, HOUR);
        expect(scene.calls(QUESTIONS)).toBe(asked);
      },
      { settings },
    ),
  ),
  scenario(
    "40: with CONFIRM_EVENTS, confirmed after read, and the check meets a 503: told after the next sweep",
    async (scene) => {
      scene.world.around.altinn.setRule(READER, "read after 2 m");
      scene.request({ id: "a", recipients: [READER] });
      await scene.live(HOUR);
      scene.fault({ fate: "refused", about: QUESTIONS });
      scene.world.around.altinn.act(READER, "confirmed");
      await scene.live(20 * MINUTE);
      expect(scene.toldOfOne()).toEqual(["sent", "published", "read", "confirmed"]);
    },
    { settings: { CONFIRM_EVENTS: "true" } },
  ),
  scenario(
    "56: hundreds of events name letters and resources that are not ours: no call to Altinn, nothing stored",
    async (scene) => {
      scene.request({ id: "a", recipients: [READER] });
      await scene.live(HOUR);
      const { state, queues } = scene.world.around;
      const before = { asked: scene.calls(/^(GET|POST) \//), records: state.size };
      const types = ["correspondencepurged", "correspondencereceiverread", "attachmentuploadfailed"];
      for (let index = 0; index < 300; index++) {
        const instance = `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
        const type = types[index % types.length] ?? "";
        const resource = `urn:altinn:resource:another-${index}`;
        const event = anEvent(instance, type, scene.world.timeline.now, { resource });
        void scene.world.host.push({ ...event, resourceinstance: instance, subject: "" });
      }
      await scene.live(DAY, HOUR);
      expect(scene.calls(/^(GET|POST) \//)).toBe(before.asked);
      expect(state.list().filter(({ name }) => name.includes("0000-4000-8000"))).toEqual([]);
      expect(state.size - before.records).toBeLessThan(10);
      expect(queues.length("status-checks")).toBe(0);
    },
  ),
  scenario(
    "56: made-up letters on our own resource cost no call to Altinn while none of ours is missing",
    async (scene) => {
      scene.request({ id: "a", recipients: [READER] });
      await scene.live(HOUR);
      const before = scene.calls(/^(GET|POST) \//);
      for (let index = 0; index < 50; index++) {
        const instance = `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
        const resource = `urn:altinn:resource:${EXAMPLE_RESOURCE}`;
        const event = anEvent(instance, "correspondencepublished", scene.world.timeline.now, { resource });
        void scene.world.host.push({ ...event, resourceinstance: instance, subject: "" });
      }
      await scene.live(2 * DAY, HOUR);
      expect(scene.calls(/^(GET|POST) \//)).toBe(before);
    },
  ),
  scenario(
    "57: a letter is published in a month: not asked about until then, its attachment's scan apart",
    async (scene) => {
      const letter = { requestedPublishTime: inDays(scene, 30) };
      scene.fault(NO_EVENTS);
      scene.request({ id: "plain", recipients: [READER], letter });
      scene.request({
        id: "scanned",
        recipients: [READER],
        letter,
        content: { attachments: [{ ...INFECTED, fileName: "a.txt" }] },
      });
      await scene.live(2 * HOUR);
      const asked = scene.calls(QUESTIONS);
      expect(asked).toBeLessThanOrEqual(2);
      await scene.live(29 * DAY - 3 * HOUR, 6 * HOUR);
      expect(scene.calls(QUESTIONS)).toBe(asked);
      await scene.live(2 * DAY, HOUR);
      expect(Object.values(scene.told())).toEqual([
        ["sent", "published", "read"],
        ["sent", "published", "read"],
      ]);
    },
  ),
  scenario(
    "an event tells of a letter whose request nobody handles for hours, so that it passes for another's: claimed, and followed",
    async (scene) => {
      const { altinn } = scene.world.around;
      altinn.setRule(READER, "read after 10 h");
      scene.fault({ fate: "dies after", about: POST });
      scene.request({ id: "a", recipients: [READER] });
      await scene.pass(10 * SECOND);
      scene.world.host.disable(QUEUES.requests);
      await scene.live(3 * HOUR);
      scene.world.host.enable(QUEUES.requests);
      await scene.live(HOUR);
      expect(scene.toldOfOne()).toEqual(["sent", "published"]);
      scene.fault(NO_EVENTS);
      await scene.live(8 * HOUR);
      expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
    },
  ),
  scenario("twenty letters of a day are read, and no event comes: all is told, by Altinn's lists", async (scene) => {
    scene.fault(NO_EVENTS);
    for (const recipient of READERS.slice(0, 20)) {
      scene.world.around.altinn.setRule(recipient, "read after 2 h");
      scene.request({ id: recipient, recipients: [recipient] });
    }
    await scene.live(3 * HOUR);
    expect(scene.calls(/^GET \/correspondence .*Read/)).toBeGreaterThan(0);
    for (const told of Object.values(scene.told())) expect(told).toEqual(["sent", "published", "read"]);
  }),
  scenario("killed as an event's status is told: told when the event comes again", async (scene) => {
    scene.fault({ fate: "dies before", about: `POST ${QUEUES.announcements}`, after: 1 });
    scene.request({ id: "a", recipients: [READER] });
    await scene.live(HOUR);
    expect(scene.world.host.deaths).toBe(1);
    expect(scene.toldOfOne().toSorted()).toEqual(["published", "read", "sent"]);
  }),
  scenario("a request names its own queue for what is told of it: all of it is there", async (scene) => {
    scene.request({ id: "a", recipients: [READER], request: { statusQueue: SECOND_STATUS_QUEUE } });
    await scene.live(HOUR);
    expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
    expect(scene.world.around.queues.length(QUEUES.announcements)).toBe(0);
  }),
  scenario("a letter is read, and confirmed hours later, of which no event comes: told by a sweep", async (scene) => {
    scene.world.around.altinn.setRule(CONFIRMER, "read after 2 m, confirmed after 3 h");
    scene.fault({ fate: "event lost", about: "correspondencereceiverconfirmed" });
    const letter = { isConfirmationNeeded: true, dueDateTime: inDays(scene, 30) };
    scene.request({ id: "a", recipients: [CONFIRMER], letter });
    await scene.live(4 * HOUR);
    expect(scene.toldOfOne()).toEqual(["sent", "published", "read", "confirmed"]);
  }),
  scenario("the letters of a day are checked: the lease on that day is given back", async (scene) => {
    scene.fault(NO_EVENTS);
    scene.request({ id: "a", recipients: [READER] });
    await scene.live(HOUR);
    expect(scene.calls(QUESTIONS)).toBeGreaterThan(0);
    const records = scene.world.around.state.list();
    expect(records.filter(({ name }) => name.startsWith(`${FOLDERS.checks}/`))).toEqual([]);
  }),
];
