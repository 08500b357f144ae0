// `npm run simulate`: histories one after the other, from a seed, until so many letters were sent or so much time has passed.
import { readFile, writeFile } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import { type HistoryResult, runHistory, type Telling } from "./history.ts";
import { simulatedSettings } from "./settings.ts";
import { shrink } from "./shrink.ts";
import { tell } from "./tell.ts";
import { tellingSchema } from "./telling.ts";
import type { Moment } from "./world.ts";
import type { Violation } from "./wrong.ts";

/** So many letters are in one history: enough to meet each other, and few enough to tell apart. */
const LETTERS_EACH = 100;

/** A failing history is shrunk for so long at most, in milliseconds. */
const SHRINK_FOR = 120_000;

interface Options {
  readonly letters: number;
  readonly seed: number;
  readonly hours?: number;
  readonly history?: string;
  readonly trace: boolean;
  readonly shrink: boolean;
  readonly json: boolean;
}

const command = new Command("simulate")
  .description(
    "Runs the app's own code in a simulated world, over models of storage, host and Altinn, through histories that follow from a seed. " +
      "Each is judged: whether every letter was sent exactly once and told so. One that fails is shrunk, kept in a file, and told.",
  )
  .option("--letters <n>", "how many letters, in histories of 100", whole, 10_000)
  .option("--seed <n>", "the first history's seed; each further one has the next", whole, 1)
  .option("--hours <n>", "go on for so long, however many letters that are", hours)
  .option("--history <file>", "tell one history again, from a file that a failing run has written")
  .option("--trace", "tell everything that happens, of one history", false)
  .option("--no-shrink", "stop at the first history that fails, as it is")
  .option("--json", "one JSON object on standard output", false)
  .addHelpText("after", "\nExit status: 0 if all is well, 1 if a history fails, 2 if the command was not understood.")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

const options = command.parse().opts<Options>();
const settings = await simulatedSettings();
process.exit(options.history === undefined ? await many() : await one(options.history));

async function many(): Promise<number> {
  const begun = performance.now();
  const until = options.hours === undefined ? undefined : begun + options.hours * 3_600_000;
  let [letters, received, crashes, mishaps] = [0, 0, 0, 0];
  let failed: HistoryResult | undefined;
  let violations: readonly Violation[] = [];
  for (let seed = options.seed; failed === undefined; seed++) {
    if (until === undefined ? letters >= options.letters : performance.now() >= until) break;
    const each = Math.min(LETTERS_EACH, until === undefined ? options.letters - letters : LETTERS_EACH);
    // Whoever finds a run that hangs can tell which history it is in.
    if (until !== undefined) complain(`seed ${seed}`);
    const result = await runHistory({ seed, letters: each, settings });
    letters += result.verdict.letters;
    received += result.received;
    crashes += result.crashes;
    mishaps += result.mishaps.length;
    ({ violations } = result);
    if (violations.length > 0) failed = result;
  }
  const seconds = (performance.now() - begun) / 1_000;
  const lettersPerSecond = Math.round(letters / seconds);
  const counts = { letters, received, seconds: Math.round(seconds * 10) / 10, lettersPerSecond };
  if (options.json) say(JSON.stringify({ ...counts, violations: violations.length, crashes, faults: mishaps }));
  else
    say(
      `${letters} letters and ${received} received ones in ${counts.seconds} s (${lettersPerSecond} a second), ${crashes} crashes, ${mishaps} faults`,
    );
  if (failed === undefined) return 0;
  await report(failed, violations);
  return 1;
}

async function report(failed: HistoryResult, violations: readonly Violation[]): Promise<void> {
  const [first] = violations;
  complain(`The history of seed ${failed.seed} fails:`);
  for (const { kind, text } of violations.slice(0, 20)) complain(`  ${kind}: ${text}`);
  if (first === undefined || !options.shrink) return;
  const end = performance.now() + SHRINK_FOR;
  const shrunk = await shrink(settings, failed, first.kind, () => performance.now() > end);
  if (shrunk === undefined) {
    complain("It does not fail when it is told again: something in it does not follow from the seed.");
    return;
  }
  const file = `simulated-${failed.seed}.json`;
  await writeFile(file, JSON.stringify(shrunk.telling, null, 2));
  complain("\nIn short:");
  await retell(shrunk.telling);
  complain(`\nTell it again: npm run simulate -- --history ${file}`);
}

async function one(file: string): Promise<number> {
  return retell(tellingSchema.parse(JSON.parse(await readFile(file, "utf8"))));
}

async function retell(telling: Telling): Promise<number> {
  const moments: Moment[] = [];
  const violations = (await runHistory({ settings, ...telling, trace: (moment) => moments.push(moment) })).violations;
  const lines = options.trace
    ? moments.map(({ at, instance, what, more }) => `${at} ${instance} ${what} ${more}`)
    : tell(telling, moments, violations);
  for (const line of lines) say(line);
  return violations.length > 0 ? 1 : 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

function hours(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("It must be a whole number from 0 up.");
  return value;
}
