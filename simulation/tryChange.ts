// One change of the code, tried in a process of its own: all scenarios, then histories one after the other, until something fails.
// Writes a line of JSON for each scenario that it begins, and one in the end.
import { loadWith } from "./changed.ts";
import { CHANGES } from "./changes.ts";
import type { Violation } from "./wrong.ts";

/** What came of it. */
export interface Tried {
  /** The scenario that failed, and how; absent if none did. */
  readonly scenario?: string;
  /** By what kind of violation a history has found it; absent if none did. */
  readonly kind?: Violation["kind"];
  /** What is wrong then, for people. */
  readonly text?: string;
  /** The seed of that history. */
  readonly seed?: number;
  /** How many letters went in histories before it was found, or in all. */
  readonly letters: number;
  readonly seconds: number;
}

/** A scenario is begun: where no line follows, it never ends. */
export interface Playing {
  readonly playing: string;
}

/** So many letters are in one history. */
const LETTERS_EACH = 100;

const [name, most = "0", seconds = "0", first = "1"] = process.argv.slice(2);
const change = CHANGES.find((one) => one.name === name);
if (change === undefined) throw new Error(`There is no change "${name}"`);
loadWith(change);
// Only now, so that what they import is loaded with the change.
const { runHistory } = await import("./history.ts");
const { SCENARIOS } = await import("./scenarios.ts");
const { simulatedSettings } = await import("./settings.ts");

const begun = performance.now();
write((await playAll()) ?? (await live()));
process.exit(0);

/** Begins with the scenario that is said to find it. */
async function playAll(): Promise<Tried | undefined> {
  const { foundBy } = change ?? {};
  const own = foundBy && "scenario" in foundBy ? foundBy.scenario : undefined;
  for (const { name: scenario, play } of SCENARIOS.toSorted(
    (a, b) => Number(b.name === own) - Number(a.name === own),
  )) {
    write({ playing: scenario });
    try {
      await play();
    } catch (error) {
      return { scenario, text: String(error), letters: 0, seconds: spent() };
    }
  }
  return undefined;
}

async function live(): Promise<Tried> {
  const settings = await simulatedSettings();
  let letters = 0;
  for (let seed = Number(first); letters < Number(most) && spent() < Number(seconds); seed++) {
    const result = await runHistory({ seed, letters: LETTERS_EACH, settings });
    letters += result.verdict.letters;
    const [violation] = result.violations;
    if (violation) return { letters, seconds: spent(), ...violation, seed };
  }
  return { letters, seconds: spent() };
}

function spent(): number {
  return Math.round((performance.now() - begun) / 1_000);
}

function write(line: Tried | Playing): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
