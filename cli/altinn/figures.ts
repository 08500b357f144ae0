// `npm run altinn -- figures`: how many letters were sent, published, read and so on, counted over storage directly.
import { Command } from "commander";
import { z } from "zod";
import { findFigures } from "../../shared/figures/figures.ts";
import { readFiguresQuestion } from "../../shared/figures/question.ts";
import { columnsOf } from "../../terminal/columns.ts";
import { shownJson } from "../../terminal/foreign.ts";
import { print, tell } from "../../terminal/output.ts";
import { NotUnderstood, OF_SENDER_OPTION, type Run, STATE_DIRECTORY_OPTION, withExamples } from "../program.ts";
import { commonOptions, done, givenOf, openStorage, parseOptions } from "./asking.ts";
import { csvOfFigures, freshnessOf, shownFigures } from "./figuresView.ts";

const options = z.object({
  ...commonOptions,
  csv: z.boolean(),
  from: z.string().optional(),
  to: z.string().optional(),
  by: z.string().optional(),
  resource: z.string().optional(),
  sender: z.string().optional(),
});

/** Makes the command. `run` is given what is to be done. */
export function figuresCommand(run: Run): Command {
  const command = new Command("figures")
    .description("how many letters were sent, published, read, confirmed, and how many failed, by day or by hour (UTC)")
    .option(...STATE_DIRECTORY_OPTION)
    .option("--from <time>", "since this day or time; by default the last 7 days")
    .option("--to <time>", "until this day, that day included, or time; by default now")
    .option("--by <period>", "day, or hour")
    .option("--resource <id>", "of this resource alone")
    .option(...OF_SENDER_OPTION)
    .option("--json", "print JSON, as the endpoint answers it", false)
    .option("--csv", "print CSV", false);
  withExamples(command, "--from 2026-11-21 --to 2026-11-27", "--by hour --csv");
  return command.action((given: unknown) => run(() => done(() => figures(given))));
}

async function figures(given: unknown): Promise<number> {
  const { stateDir, json, csv, ...parameters } = parseOptions(options, given);
  const context = await openStorage(stateDir);
  const asked = readFiguresQuestion(givenOf(parameters), context.clock.now(), context.senders);
  if (!asked.ok) {
    throw new NotUnderstood(asked.wrong.map(({ parameter, detail }) => `--${parameter} ${detail}.`).join("\n"));
  }
  const answer = await findFigures(context, asked.value);
  if (json) print(shownJson(answer));
  else if (csv) print(csvOfFigures(answer));
  else print(shownFigures(answer, columnsOf(process.stdout)));
  if (!json) tell(freshnessOf(answer));
  return 0;
}
