// Scenarios without the timer: what one leaves undone is carried on by a message, and is not found late by a sweep.
import { expect } from "vitest";
import { ATTACHMENTS } from "../../chaos/attachments.ts";
import { BEHAVIOURS } from "../../chaos/recipients.ts";
import { emptyAnswer } from "../../local/altinn-simulator/answer.ts";
import { DAY, HOUR, MINUTE, SECOND, timestamp } from "../../shared/clock.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import type { Scenario } from "../scenario.ts";
import { cancelOf, scenario, type WrittenScenario } from "./scenario.ts";

const READERS = BEHAVIOURS.read.recipients;
const [READER] = READERS;
const POST = "POST /correspondence";
const NEXT = `POST ${QUEUES.dispatches}`;
const NOT_NOW = { answer: emptyAnswer(429) };
const NOT_FOR_AN_HOUR = { answer: { ...emptyAnswer(429), headers: { "retry-after": "3600" } } };

const letters = ({ world }: Scenario) => world.around.altinn.letters();

/** Each must hold. */
export const IN_TIME: readonly WrittenScenario[] = [
  scenario("the host gives up the message of a letter that waits: it goes on in minutes", async (scene) => {
    scene.fault({ fate: NOT_NOW, about: POST });
    scene.request({ id: "a", recipients: [READER] });
    await scene.pass(SECOND);
    scene.fault({ fate: "refused", about: "GET state dispatches/", times: 5 });
    await scene.pass(6 * MINUTE);
    expect(letters(scene)).toHaveLength(1);
  }),
  scenario("a letter that waits for an hour is cancelled: told in seconds", async (scene) => {
    scene.fault({ fate: NOT_FOR_AN_HOUR, about: POST });
    scene.request({ id: "a", recipients: [READER], mayEnd: ["cancelled"] });
    await scene.pass(MINUTE);
    scene.drop(cancelOf("a"));
    await scene.pass(5 * SECOND);
    expect(scene.toldOfOne()).toEqual(["cancelled"]);
    await scene.pass(2 * HOUR);
  }),
  scenario("killed as a letter is put off once more: it goes on when its message comes again", async (scene) => {
    scene.fault({ fate: NOT_NOW, about: POST, times: 2 });
    scene.fault({ fate: "dies before", about: NEXT, after: 1 });
    scene.request({ id: "a", recipients: [READER] });
    await scene.pass(15 * MINUTE);
    expect(scene.world.host.deaths).toBe(1);
    expect(letters(scene)).toHaveLength(1);
  }),
  scenario(
    "killed as the letters of a request wait for the scan of their file: they go on when its message comes again",
    async (scene) => {
      scene.fault({ fate: "dies before", about: NEXT, after: 1 });
      scene.request({ id: "a", recipients: READERS.slice(0, 2), content: { attachments: ATTACHMENTS } });
      await scene.pass(15 * MINUTE);
      expect(scene.world.host.deaths).toBe(1);
      expect(letters(scene)).toHaveLength(2);
    },
  ),
  scenario("an event tells that a letter is purged: Altinn is asked at once by whom", async (scene) => {
    scene.world.around.altinn.setRule(READER, "none");
    scene.request({ id: "a", recipients: [READER] });
    await scene.pass(5 * MINUTE);
    scene.world.around.altinn.act(READER, "purgedByRecipient");
    await scene.pass(MINUTE);
    expect(scene.toldOfOne()).toEqual(["sent", "published", "purgedByRecipient"]);
  }),
  scenario("a letter that is sent and not published is cancelled: purged, and told in seconds", async (scene) => {
    const requestedPublishTime = timestamp(scene.world.timeline.now + DAY);
    scene.request({ id: "a", recipients: [READER], letter: { requestedPublishTime } });
    await scene.pass(MINUTE);
    scene.drop(cancelOf("a"));
    await scene.pass(5 * SECOND);
    expect(scene.toldOfOne()).toEqual(["sent", "purgedByAltinn", "cancelled"]);
  }),
];
