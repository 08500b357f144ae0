// `altinn cancel --request|--correspondence`: asks for letters back that are not with their recipients yet.
import { Command } from "commander";
import { z } from "zod";
import { createProducer } from "../../producer/main.ts";
import { columnsOf } from "../../terminal/columns.ts";
import { shown, shownJson } from "../../terminal/foreign.ts";
import { print, tell } from "../../terminal/output.ts";
import { problemText } from "../../terminal/wrapped.ts";
import { NotUnderstood, type Run, STATE_DIRECTORY_OPTION, withExamples } from "../program.ts";
import { PRODUCTION_OPTION, storageToChange } from "../storage.ts";
import { commonOptions, done, parseOptions } from "./asking.ts";

const options = z.object({
  ...commonOptions,
  production: z.boolean().default(false),
  request: z.string().optional(),
  correspondence: z.string().optional(),
});

/** Makes the command. `run` is given what is to be done. */
export function cancelCommand(run: Run): Command {
  const command = new Command("cancel")
    .description("ask for letters back that are not with their recipients yet; how that went is announced")
    .option("--request <id>", "every letter of the request with this id, also if it comes later")
    .option("--correspondence <id>", "one letter, by Altinn's id")
    .option(...STATE_DIRECTORY_OPTION)
    .option(...PRODUCTION_OPTION)
    .option("--json", "a line of JSON", false);
  withExamples(command, "--request example-letter", "--correspondence <id>");
  return command.action((given: unknown) => run(() => done(() => cancel(given))));
}

async function cancel(given: unknown): Promise<number> {
  const { request, correspondence, json, ...choice } = parseOptions(options, given);
  const target =
    request === undefined
      ? correspondence === undefined
        ? undefined
        : { correspondenceId: correspondence }
      : correspondence === undefined
        ? { requestId: request }
        : undefined;
  if (target === undefined) throw new NotUnderstood("Say what: --request <id> or --correspondence <id>, one of them.");
  const outcome = await createProducer(await storageToChange(choice)).cancel(target);
  if (json) print(shownJson({ ...target, ...outcome }));
  if (outcome.kind === "refused") {
    if (!json) tell(problemText(outcome.problems, columnsOf(process.stderr)));
    return 1;
  }
  if (json) return 0;
  print(shown(`${request ?? correspondence}: asked for`));
  tell("What becomes of it is announced: cancelled, tooLate, or cancelPending while it is not known yet.");
  return 0;
}
