// Scenarios of the simulated world as tests.
import { expect, test } from "vitest";
import { HOUR } from "../../shared/clock.ts";
import { play, type Scenario, type ScenarioOptions } from "../../simulation/scenario.ts";
import { simulatedSettings } from "../../simulation/settings.ts";

/** What may differ from the usual: odds, and settings by their names. */
export interface Circumstances extends Pick<ScenarioOptions, "odds"> {
  readonly settings?: Readonly<Record<string, string>>;
}

/** Plays a scenario, after which nothing may be wrong. Its name begins with the number of its history, if it has one. */
export function scenario(
  name: string,
  act: (scenario: Scenario) => Promise<void>,
  { odds = {}, settings: others }: Circumstances = {},
): void {
  test(name, async () => {
    const settings = await simulatedSettings(others);
    await play({ settings, odds }, async (scene) => {
      await act(scene);
      expect(scene.conclude().violations.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([]);
    });
  });
}

/** A wish to take a request back, as its producer drops it. */
export function cancelOf(requestId: string): { readonly text: string } {
  return { text: JSON.stringify({ cancel: { requestId } }) };
}

/** The names of all dead letters. */
export function deadLetters({ world }: Scenario): readonly string[] {
  return world.around.deadLetters.list().map(({ name }) => name);
}

/** Replays every dead letter, and lets an hour go by. */
export async function replayAll(scene: Scenario): Promise<void> {
  for (const name of deadLetters(scene)) await scene.world.replay(name);
  await scene.live(HOUR);
}
