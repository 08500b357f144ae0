// Histories that broke drafts of this app, played in the simulated world. The numbers are those of the tests over real parts.
import { beforeAll, expect, test } from "vitest";
import { organization } from "../../local/parties.ts";
import { HOUR } from "../../shared/clock.ts";
import type { Settings } from "../../shared/settings/settings.ts";
import { play, type Scenario } from "../../simulation/scenario.ts";
import { simulatedSettings } from "../../simulation/settings.ts";

let settings: Settings;
beforeAll(async () => {
  settings = await simulatedSettings();
});

/** Plays a scenario, after which nothing may be wrong. */
function scenario(name: string, act: (scenario: Scenario) => Promise<void>): void {
  test(name, () =>
    play({ settings }, async (scene) => {
      await act(scene);
      expect(scene.conclude().violations.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([]);
    }),
  );
}

const READER = organization(10);

scenario(
  "1: killed after the POST at every delivery; the message goes to poison and back: one letter, sent",
  async (scene) => {
    scene.fault({ fate: "dies after", about: "POST /correspondence of" });
    scene.fault({ fate: "dies before", about: "GET state", times: 4 });
    scene.request({ id: "a", recipients: [READER] });
    await scene.live(3 * HOUR);
    const { letters } = { letters: scene.world.around.altinn.letters() };
    expect(letters).toHaveLength(1);
    expect(Object.values(scene.told())).toEqual([["sent", "published", "read"]]);
  },
);

scenario("2: a producer's SDK repeats a put whose answer was lost: one letter", async (scene) => {
  const { text } = scene.request({ recipients: [READER] });
  scene.drop({ text });
  await scene.live(HOUR);
  expect(scene.world.around.altinn.letters()).toHaveLength(1);
});

scenario(
  "5: every POST is given up, though the first did its work: sent after the look-up, never given up",
  async (scene) => {
    scene.fault({ fate: "lost", about: "POST /correspondence of", times: 1_000 });
    scene.request({ id: "a", recipients: [READER] });
    await scene.live(80 * HOUR, HOUR);
    expect(Object.values(scene.told())[0]).toContain("sent");
  },
);

scenario(
  "24: the poison move leaves a copy in both queues while the letter is being sent: one letter, no dead letter",
  async (scene) => {
    scene.fault({ fate: "poisoned", about: "correspondence-requests" });
    scene.fault({ fate: "handed out twice", about: "correspondence-requests" });
    scene.request({ id: "a", recipients: [READER] });
    await scene.live(HOUR);
    expect(scene.world.around.deadLetters.size).toBe(0);
    expect(scene.world.around.altinn.letters()).toHaveLength(1);
  },
);
