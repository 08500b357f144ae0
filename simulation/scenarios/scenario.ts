// What a scenario is that is written down: its name, and how it is played.
import { expect } from "vitest";
import { HOUR } from "../../shared/clock.ts";
import { announced } from "../conclude.ts";
import { play, type Scenario, type ScenarioOptions } from "../scenario.ts";
import { simulatedSettings } from "../settings.ts";

/** A scenario, to be played as often as one likes. */
export interface WrittenScenario {
  /** Begins with the number of its history, if it has one. */
  readonly name: string;
  /**
   * Plays it in a world of its own.
   * @param trace told of everything that happens, in order
   * @throws if anything is not as it says, or wrong in the end
   */
  play(trace?: ScenarioOptions["trace"]): Promise<void>;
}

/** What may differ from the usual: odds, and settings by their names. */
export interface Circumstances extends Pick<ScenarioOptions, "odds"> {
  readonly settings?: Readonly<Record<string, string>>;
}

/** A scenario after which nothing may be wrong. */
export function scenario(
  name: string,
  act: (scenario: Scenario) => Promise<void>,
  { odds = {}, settings: others }: Circumstances = {},
): WrittenScenario {
  return {
    name,
    async play(trace) {
      const settings = await simulatedSettings(others);
      await play({ settings, odds, ...(trace === undefined ? {} : { trace }) }, async (scene) => {
        await act(scene);
        expect(scene.conclude().violations.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([]);
      });
    },
  };
}

/** A wish to take a request back, as its producer drops it. */
export function cancelOf(requestId: string): { readonly text: string } {
  return { text: JSON.stringify({ cancel: { requestId } }) };
}

/** The names of all dead letters. */
export function deadLetters({ world }: Scenario): readonly string[] {
  return world.around.deadLetters.list().map(({ name }) => name);
}

/** The letter was announced as sent again, with the id of before, and is one still. */
export function expectSentAgainAsOne({ world }: Scenario): void {
  const sent = announced(world).announcements.filter(({ type }) => type.endsWith(".sent"));
  expect(sent).toHaveLength(2);
  expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
  expect(world.around.altinn.letters()).toHaveLength(1);
  expect(world.around.deadLetters.list()).toEqual([]);
}

/** Replays every dead letter, and lets an hour go by. */
export async function replayAll(scene: Scenario): Promise<void> {
  for (const name of deadLetters(scene)) await scene.world.replay(name);
  await scene.live(HOUR);
}
