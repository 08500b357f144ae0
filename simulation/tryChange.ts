// One change of the code, tried: histories one after the other in a process of its own, until one fails. Writes one JSON object.
import { loadWith } from "./changed.ts";
import { CHANGES } from "./changes.ts";

/** What came of it. */
export interface Tried {
  /** How many letters went before it was found, or in all. */
  readonly letters: number;
  readonly seconds: number;
  /** By what kind of violation it was found, and what that says; absent if it was not. */
  readonly kind?: string;
  readonly text?: string;
  readonly seed?: number;
}

/** So many letters are in one history. */
const LETTERS_EACH = 100;

const [name, most = "0", seconds = "0", first = "1"] = process.argv.slice(2);
const change = CHANGES.find((one) => one.name === name);
if (change === undefined) throw new Error(`There is no change "${name}"`);
loadWith(change);
// Only now, so that what they import is loaded with the change.
const { runHistory } = await import("./history.ts");
const { simulatedSettings } = await import("./settings.ts");

process.stdout.write(`${JSON.stringify(await find())}\n`);
process.exit(0);

async function find(): Promise<Tried> {
  const settings = await simulatedSettings();
  const begun = performance.now();
  const spent = () => (performance.now() - begun) / 1_000;
  let letters = 0;
  for (let seed = Number(first); letters < Number(most) && spent() < Number(seconds); seed++) {
    const result = await runHistory({ seed, letters: LETTERS_EACH, settings });
    letters += result.verdict.letters;
    const [violation] = result.violations;
    if (violation) return { letters, seconds: Math.round(spent()), ...violation, seed };
  }
  return { letters, seconds: Math.round(spent()) };
}
