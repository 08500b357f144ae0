// Scenarios in which letters wait: under the brake, while Altinn is down, or as long as it asks for.
import { expect } from "vitest";
import { ATTACHMENTS } from "../../chaos/attachments.ts";
import { BEHAVIOURS } from "../../chaos/recipients.ts";
import { emptyAnswer } from "../../local/altinn-simulator/answer.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/clock.ts";
import { DOCUMENTS, QUEUES } from "../../shared/storage/names.ts";
import { announced } from "../conclude.ts";
import type { Scenario } from "../scenario.ts";
import { scenario, type WrittenScenario } from "./scenario.ts";

const READERS = BEHAVIOURS.read.recipients;
const [READER] = READERS;
const POST = "POST /correspondence";
const LONG = 100_000;
/** An hour's wait, as Altinn asks for it: it did nothing. */
const NOT_NOW = { answer: { ...emptyAnswer(429), headers: { "retry-after": "3600" } } };

const letters = ({ world }: Scenario) => world.around.altinn.letters();

/** How many letters were told of as this. */
const told = (scene: Scenario, what: string) =>
  Object.values(scene.told()).filter((ofLetter) => ofLetter.includes(what)).length;

/** Each must hold. */
export const WAITING: readonly WrittenScenario[] = [
  scenario(
    "11: eight days under the brake, and nobody reads the announcements: nothing expires, then all are sent",
    async (scene) => {
      scene.request({ id: "before", recipients: [READER] });
      await scene.live(HOUR);
      scene.fault({ fate: NOT_NOW, about: POST });
      scene.request({ id: "waiting", recipients: [READER] });
      await scene.pass(5 * SECOND);
      await scene.world.brake(true);
      await scene.pass(MINUTE);
      scene.request({ id: "during", recipients: [READER] });
      scene.request({ id: "many", recipients: READERS.slice(0, 2) });
      const posts = scene.calls(POST);
      await scene.live(8 * DAY, 6 * HOUR);
      expect(scene.calls(POST)).toBe(posts);
      expect(Object.values(scene.told())).toEqual([["sent", "published", "read"]]);
      expect(scene.world.around.queues.length(QUEUES.requests)).toBe(0);
      await scene.world.brake(false);
      await scene.live(2 * HOUR);
      expect(told(scene, "sent")).toBe(5);
      expect(told(scene, "read")).toBe(5);
    },
  ),
  scenario("13: a backlog of due dispatches and four sweeps: nothing is put back", async (scene) => {
    const recipients = READERS.slice(0, 40);
    scene.fault({ fate: NOT_NOW, about: POST, times: recipients.length });
    scene.request({ id: "a", recipients });
    await scene.pass(10 * MINUTE);
    const { queues } = scene.world.around;
    const before = queues.length(QUEUES.dispatches);
    expect(before).toBe(recipients.length);
    scene.world.host.disable(QUEUES.dispatches);
    await scene.live(8 * HOUR, 2 * HOUR);
    expect(queues.length(QUEUES.dispatches)).toBe(before);
    scene.world.host.enable(QUEUES.dispatches);
    await scene.live(HOUR);
    expect(letters(scene)).toHaveLength(recipients.length);
  }),
  scenario(
    "29: Altinn is down for four days with letters waiting: none is given up for that; all are sent, and not all at once",
    async (scene) => {
      const count = 24;
      for (let index = 0; index < count; index++) scene.request({ id: `letter ${index}`, recipients: [READER] });
      await scene.live(4 * DAY - 10 * MINUTE, 3 * HOUR);
      expect(scene.told()).toEqual({});
      const tries = scene.calls(POST);
      // Most are put off by the breaker, without a call.
      expect(tries).toBeLessThan(20 * count);
      let most = 0;
      for (let minute = 0; minute < 60; minute++) {
        const before = scene.calls(POST);
        await scene.pass(MINUTE);
        most = Math.max(most, scene.calls(POST) - before);
      }
      expect(most).toBeLessThan(count / 2);
      await scene.live(12 * HOUR, HOUR);
      expect(told(scene, "sent")).toBe(count);
    },
    { odds: { outage: { from: 0, to: 4 * DAY } } },
  ),
  scenario("30: a Retry-After of a year: put off by seven days at most, with an alert", async (scene) => {
    const year = { answer: { ...emptyAnswer(429), headers: { "retry-after": String(365 * 24 * 60 * 60) } } };
    scene.fault({ fate: year, about: POST });
    scene.request({ id: "a", recipients: [READER] });
    await scene.live(6 * DAY, 3 * HOUR);
    expect(scene.logs.join()).toContain("retryAfterTooLong");
    expect(scene.told()).toEqual({});
    expect(scene.world.around.queues.length(QUEUES.dispatches)).toBe(1);
    await scene.live(DAY + HOUR, HOUR);
    expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
  }),
  scenario(
    "34: a gateway answers 404 with a page to everything for an hour: nothing is rejected, all are sent",
    async (scene) => {
      const page = { status: 404, body: "<html><body>Not found</body></html>", contentType: "text/html" };
      scene.fault({ fate: { answer: page }, about: /\/correspondence/, times: LONG });
      for (const [index, recipient] of READERS.slice(0, 5).entries())
        scene.request({ id: `${index}`, recipients: [recipient] });
      await scene.live(50 * MINUTE);
      expect(scene.told()).toEqual({});
      scene.mend();
      await scene.live(3 * HOUR);
      expect(told(scene, "sent")).toBe(5);
      expect(announced(scene.world).announcements.some(({ type }) => type.endsWith(".rejected"))).toBe(false);
    },
  ),
  scenario("49: fifteen days under the brake, then one 503 each: all wait, and are sent", async (scene) => {
    await scene.world.brake(true);
    scene.request({ id: "a", recipients: [READER] });
    scene.request({ id: "files", recipients: READERS.slice(0, 2), content: { attachments: ATTACHMENTS } });
    await scene.live(15 * DAY, 6 * HOUR);
    await scene.world.brake(false);
    scene.fault({ fate: { answer: emptyAnswer(503) }, about: POST });
    scene.fault({ fate: { answer: emptyAnswer(503) }, about: "POST /attachment" });
    await scene.live(DAY, HOUR);
    expect(told(scene, "sent")).toBe(3);
  }),
  scenario(
    "49: fifteen days under the brake between two look-ups that fail: nobody says that nothing is known",
    async (scene) => {
      scene.fault({ fate: "lost", about: POST });
      scene.fault({ fate: { answer: emptyAnswer(503) }, about: "GET /correspondence of", times: LONG });
      scene.request({ id: "a", recipients: [READER], content: { attachments: ATTACHMENTS } });
      await scene.live(MINUTE);
      await scene.world.brake(true);
      await scene.live(15 * DAY, 6 * HOUR);
      await scene.world.brake(false);
      await scene.live(HOUR);
      expect(scene.told()).toEqual({});
      scene.mend();
      await scene.live(DAY, HOUR);
      expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
    },
  ),
  ...(
    [
      ["cannot be parsed", "{"],
      ["is empty", "{}"],
      [
        "has a reason of a newer version",
        '{"version":1,"isOn":true,"reason":"tooManyRefusals","since":"2026-01-01T00:00:00Z"}',
      ],
    ] as const
  ).map(([what, document]) =>
    scenario(`50: the brake's document ${what}: the brake is on, and says so`, async (scene) => {
      scene.world.around.state.put(DOCUMENTS.brake, document);
      scene.request({ id: "a", recipients: [READER] });
      await scene.live(HOUR);
      expect(letters(scene)).toEqual([]);
      expect(scene.logs.find((line) => line.includes('"brakeOn"'))).toContain('"unreadable"');
      await scene.world.brake(false);
      await scene.live(HOUR);
      expect(scene.toldOfOne()).toEqual(["sent", "published", "read"]);
    }),
  ),
  scenario(
    "59: the clocks of all instances are set back by a day: the brake still works within half a minute",
    async (scene) => {
      scene.request({ id: "before", recipients: [READER] });
      await scene.live(HOUR);
      scene.world.host.setClocks(-DAY);
      await scene.world.brake(true);
      await scene.pass(30 * SECOND);
      scene.request({ id: "after", recipients: [READER] });
      await scene.live(HOUR);
      expect(letters(scene)).toHaveLength(1);
      await scene.world.brake(false);
      await scene.live(HOUR);
      expect(letters(scene)).toHaveLength(2);
    },
  ),
];
