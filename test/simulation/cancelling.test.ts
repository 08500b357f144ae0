// Scenarios in which a producer takes a letter back.
import { expect } from "vitest";
import { BEHAVIOURS } from "../../chaos/recipients.ts";
import { DAY, HOUR, SECOND, timestamp } from "../../shared/clock.ts";
import { FOLDERS } from "../../shared/storage/names.ts";
import type { Scenario } from "../../simulation/scenario.ts";
import { cancelOf, deadLetters, scenario } from "./scenario.ts";

const READERS = BEHAVIOURS.read.recipients;
const [READER] = READERS;
const POST = "POST /correspondence";

const inDays = ({ world }: Scenario, days: number) => timestamp(world.timeline.now + days * DAY);

const lastStatuses = ({ world }: Scenario) => world.around.altinn.letters().map(({ statuses }) => statuses.at(-1));

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
);

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
);

scenario("10: the cancel overtakes its request by days: cancelled, no call", async (scene) => {
  scene.drop(cancelOf("a"));
  await scene.live(6 * DAY, 6 * HOUR);
  scene.request({ id: "a", recipients: [READER], mayEnd: ["cancelled"] });
  await scene.live(HOUR);
  expect(Object.values(scene.told())).toContainEqual(["cancelled"]);
  expect(scene.calls(/\/correspondence/)).toBe(0);
});

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
);
