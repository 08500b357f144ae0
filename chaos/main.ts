// `npm run chaos`: letters under chaos, and a verdict. See options.ts for the flags.
import { readOptions, USAGE } from "./options.ts";
import { asJson, inWords } from "./report.ts";
import { runChaos } from "./run.ts";
import { isGood } from "./verdict.ts";

/** Between lines of progress, in milliseconds. */
const QUIET = 5_000;

function understand(): ReturnType<typeof readOptions> | undefined {
  try {
    return readOptions(process.argv.slice(2), Date.now());
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return undefined;
  }
}

async function main(): Promise<number> {
  const options = understand();
  if (options === undefined) return 2;
  if (options === "help") {
    process.stdout.write(USAGE);
    return 0;
  }
  const stopping = new AbortController();
  for (const event of ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"]) process.on(event, () => stopping.abort());
  const begun = performance.now();
  let toldAt = Number.NEGATIVE_INFINITY;
  const onProgress = (line: string): void => {
    if (performance.now() - toldAt < QUIET) return;
    toldAt = performance.now();
    process.stderr.write(`${Math.round((toldAt - begun) / 1_000)} s  ${line}\n`);
  };
  process.stderr.write(`Seed ${options.seed}\n`);
  try {
    const result = await runChaos(options, { onProgress, signal: stopping.signal });
    const words = inWords(result, options.seed);
    if (options.json) process.stderr.write(words);
    process.stdout.write(options.json ? `${asJson(result)}\n` : words);
    return isGood(result.verdict) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

process.exit(await main());
