// Scenarios in which a producer takes a letter back.
import { expect } from "vitest";
import { INFECTED } from "../../chaos/attachments.ts";
import { BEHAVIOURS } from "../../chaos/recipients.ts";
import { DAY, HOUR, SECOND, timestamp } from "../../shared/clock.ts";
import { FOLDERS } from "../../shared/storage/names.ts";
import type { Scenario } from "../scenario.ts";
import { cancelOf, deadLetters, scenario, type WrittenScenario } from "./scenario.ts";

const READERS = BEHAVIOURS.read.recipients;
const [READER] = READERS;
const POST = "POST /correspondence";

const inDays = ({ world }: Scenario, days: number) => timestamp(world.timeline.now + days * DAY);

const letters = ({ world }: Scenario) => world.around.altinn.letters();

const lastStatuses = ({ world }: Scenario) => world.around.altinn.letters().map(({ statuses }) => statuses.at(-1));

/** Each must hold. */
export const CANCELLING: readonly WrittenScenario[] = [
  scenario(
    "4: killed after the POST; a cancel comes before the redelivery: sent is told first, then it is purged",
    async (scene) => {
      scene.fault({ fate: "dies after", about: POST });
      scene.request({ id: "a", recipients: [READER], letter: { requestedPublishTime: inDays(scene, 10) } });
      await scene.pass(SECOND);
      scene.drop(cancelOf("a"));
      await scene.live(2 * HOUR);
      expect(scene.toldOfOne()).toEqual(["sent", "purgedByAltinn", "cancelled"]);
      expect(lastStatuses(scene)).toEqual(["PurgedByAltinn"]);
      expect(scene.calls("DELETE /correspondence")).toBe(1);
    },
  ),
  scenario(
    "4: killed after the POST; a cancel comes when the letter is published, before the redelivery: sent, then too late",
    async (scene) => {
      scene.fault({ fate: "dies after", about: POST });
      scene.request({ id: "a", recipients: [READER] });
      await scene.pass(30 * SECOND);
      scene.drop(cancelOf("a"));
      await scene.live(2 * HOUR);
      const told = scene.toldOfOne();
      expect(told).toContain("tooLate");
      expect(told.indexOf("sent")).toBeLessThan(told.indexOf("tooLate"));
      expect(told).not.toContain("cancelled");
    },
  ),
  scenario("10: the cancel overtakes its request by days: cancelled, no call", async (scene) => {
    scene.drop(cancelOf("a"));
    await scene.live(6 * DAY, 6 * HOUR);
    scene.request({ id: "a", recipients: [READER], mayEnd: ["cancelled"] });
    await scene.live(HOUR);
    expect(Object.values(scene.told())).toContainEqual(["cancelled"]);
    expect(scene.calls(/\/correspondence/)).toBe(0);
  }),
  scenario(
    "46: all sent, to be published far ahead; the content and a record have expired; then a cancel: each is purged",
    async (scene) => {
      const { accepted, state } = scene.world.around;
      const recipients = READERS.slice(0, 3);
      scene.request({ id: "a", recipients, letter: { requestedPublishTime: inDays(scene, 100) } });
      await scene.live(HOUR);
      for (const { name } of accepted.list()) accepted.remove(name);
      const records = state.list().filter(({ name }) => name.startsWith(`${FOLDERS.dispatches}/`));
      state.remove(records[0]?.name ?? "");
      scene.world.deploy();
      scene.drop(cancelOf("a"));
      await scene.live(2 * HOUR);
      expect(lastStatuses(scene)).toEqual(recipients.map(() => "PurgedByAltinn"));
      for (const told of Object.values(scene.told()))
        expect(told.toSorted()).toEqual(["cancelled", "purgedByAltinn", "sent"]);
      expect(deadLetters(scene)).toEqual([]);
    },
  ),
  scenario("a letter has been read, and purged by its recipient, when it is cancelled: too late", async (scene) => {
    scene.request({ id: "a", recipients: [READER] });
    await scene.live(HOUR);
    scene.world.around.altinn.act(READER, "purgedByRecipient");
    await scene.live(HOUR);
    scene.drop(cancelOf("a"));
    await scene.live(HOUR);
    expect(scene.toldOfOne()).toEqual(["sent", "published", "read", "purgedByRecipient", "tooLate"]);
  }),
  scenario(
    "a letter that has failed its scan is purged for its cancel, and the answer to that is lost: cancelled",
    async (scene) => {
      const letter = { requestedPublishTime: inDays(scene, 10) };
      scene.request({ id: "a", recipients: [READER], letter, content: { attachments: [INFECTED] } });
      await scene.live(HOUR);
      scene.fault({ fate: "lost", about: "DELETE /correspondence" });
      scene.drop(cancelOf("a"));
      await scene.live(2 * HOUR);
      // That it failed hides the purge everywhere but in Altinn's lists.
      expect(scene.toldOfOne()).toEqual(["sent", "failed", "purgedByAltinn", "cancelled"]);
    },
  ),
  scenario("the request of a cancel does not come in a week: told, and forgotten", async (scene) => {
    scene.drop(cancelOf("a"));
    await scene.live(9 * DAY, 6 * HOUR);
    expect(Object.values(scene.told())).toEqual([["cancelPending", "cancelUnknown"]]);
    scene.request({ id: "a", recipients: [READER] });
    await scene.live(HOUR);
    expect(letters(scene)).toHaveLength(1);
  }),
];
