// Scenarios of several senders in one deployment: what happens to one of them, and to its letters, is no other's.
import { expect } from "vitest";
import { BEHAVIOURS } from "../../chaos/recipients.ts";
import { DAY, HOUR, MINUTE } from "../../shared/clock.ts";
import type { Scenario } from "../scenario.ts";
import { scenario, type WrittenScenario } from "./scenario.ts";

const [READER] = BEHAVIOURS.read.recipients;
const settings = {
  SENDERS: JSON.stringify([
    { name: "oslo", resources: ["oslo-letters"], consumerOrg: "313721779" },
    { name: "bergen", resources: ["bergen-letters"], systemUserOrg: "310000035" },
  ]),
};

const request = (scene: Scenario, resourceId: string, id: string) =>
  scene.request({ id, reference: `${resourceId} ${id}`, recipients: [READER], letter: { resourceId } });

/** The resources on which letters exist. */
const sentOn = ({ world }: Scenario) =>
  new Set(world.around.altinn.letters().map(({ reference }) => reference.split(" ")[0]));

const REFUSED = {
  answer: { status: 403, body: JSON.stringify({ error: "forbidden" }), contentType: "application/json" },
};

/** Each must hold. */
export const SENDERS: readonly WrittenScenario[] = [
  scenario(
    "Maskinporten refuses one sender for two hours, and the app dies meanwhile: the others' letters go out, and then its own",
    async (scene) => {
      scene.fault({ fate: REFUSED, about: "POST /maskinporten/token as oslo", times: 1_000 });
      for (let index = 0; index < 12; index++) request(scene, "oslo-letters", `oslo ${index}`);
      scene.fault({ fate: "dies after", about: "POST /correspondence", times: 2 });
      request(scene, "bergen-letters", "bergen");
      scene.request({ id: "own", reference: "own own", recipients: [READER] });
      await scene.live(2 * HOUR);
      expect(sentOn(scene).has("oslo-letters")).toBe(false);
      expect(sentOn(scene).size).toBe(2);
      expect(scene.logs.some((line) => /altinnRefusesOurSetUp.*"sender":"oslo"/.test(line))).toBe(true);
      expect(scene.logs.some((line) => /"sender":"bergen"/.test(line))).toBe(false);
      scene.mend();
      await scene.live(8 * HOUR);
      expect(scene.world.around.altinn.letters()).toHaveLength(14);
    },
    { settings },
  ),
  scenario(
    "Maskinporten does not answer for one sender: its breaker opens, and the sweep of another instance puts nothing back twice",
    async (scene) => {
      scene.fault({ fate: "lost", about: "POST /maskinporten/token as oslo", times: 1_000 });
      for (let index = 0; index < 12; index++) request(scene, "oslo-letters", `oslo ${index}`);
      request(scene, "bergen-letters", "bergen");
      await scene.live(3 * HOUR);
      expect(sentOn(scene)).toEqual(new Set(["bergen-letters"]));
      expect(scene.logs.some((line) => /breakerOpen.*"sender":"oslo"/.test(line))).toBe(true);
      scene.mend();
      await scene.live(DAY);
      expect(scene.world.around.altinn.letters()).toHaveLength(13);
    },
    { settings, odds: { instances: 3 } },
  ),
  scenario(
    "the brake of one sender is on for a day, with crashes: only its letters wait",
    async (scene) => {
      request(scene, "bergen-letters", "before");
      await scene.live(MINUTE);
      await scene.world.brake(true, "oslo");
      await scene.pass(MINUTE);
      scene.fault({ fate: "dies before", about: "PUT state", times: 3 });
      for (let index = 0; index < 5; index++) request(scene, "oslo-letters", `oslo ${index}`);
      request(scene, "bergen-letters", "bergen");
      await scene.live(DAY);
      expect(sentOn(scene)).toEqual(new Set(["bergen-letters"]));
      await scene.world.brake(false, "oslo");
      await scene.live(2 * HOUR);
      expect(scene.world.around.altinn.letters()).toHaveLength(7);
    },
    { settings },
  ),
];
