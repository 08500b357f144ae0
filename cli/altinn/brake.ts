// `altinn brake on|off|status`: stops all sending, and lets it go on.
import { Command, Option } from "commander";
import { z } from "zod";
import { systemClock } from "../../shared/clock.ts";
import { type BrakeStatus, readBrake, setBrake } from "../../shared/pausing/emergencyBrake.ts";
import type { StorageClients } from "../../shared/storage/clients.ts";
import { createJsonBlobs, type JsonBlobs } from "../../shared/storage/jsonBlobs.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { columnsOf } from "../../terminal/columns.ts";
import { shownJson } from "../../terminal/foreign.ts";
import { print } from "../../terminal/output.ts";
import { wrapped } from "../../terminal/wrapped.ts";
import { type Run, STATE_DIRECTORY_OPTION, withExamples, withNotes } from "../program.ts";
import { findStorage, PRODUCTION_OPTION, storageToChange } from "../storage.ts";
import { done } from "./asking.ts";

const ON =
  "The brake is on. Every instance stops within half a minute; what is under way is finished. What is dropped meanwhile is accepted and waits.";
const OFF = "The brake is off. What waited goes out within six minutes.";

const optionsSchema = z.object({
  stateDir: z.string().optional(),
  json: z.boolean().default(false),
  production: z.boolean().default(false),
});
type Options = z.output<typeof optionsSchema>;

/** Makes the command. `run` is given what is to be done. */
export function brakeCommand(run: Run): Command {
  const brake = withNotes(
    new Command("brake").description("stop all sending, in every instance, or let it go on; nothing is lost meanwhile"),
    "The storage is that of the app's settings (CORRESPONDENCE_STORAGE...), and without them that of npm start.",
  )
    // It may stand before the command, too.
    .addOption(new Option(...STATE_DIRECTORY_OPTION).hideHelp());
  const command = (name: string, what: string, work: (options: Options) => Promise<void>) => {
    const made = brake
      .command(name)
      .description(what)
      .option(...STATE_DIRECTORY_OPTION)
      .option("--json", "a line of JSON");
    withExamples(made, "");
    return made.action(() =>
      run(() =>
        done(async () => {
          await work(optionsSchema.parse(made.optsWithGlobals()));
          return 0;
        }),
      ),
    );
  };
  command("on", "stop all sending", (options) => turn(options, true)).option(...PRODUCTION_OPTION);
  command("off", "lift the brake, whoever has pulled it", (options) => turn(options, false)).option(
    ...PRODUCTION_OPTION,
  );
  command("status", "say whether it is on, and why", status);
  return brake;
}

async function turn(options: Options, isOn: boolean): Promise<void> {
  const state = stateOf(await storageToChange(options));
  await setBrake(state, { isOn, reason: "operator", now: systemClock.now() });
  say(options, { isOn, reason: "operator" }, isOn ? ON : OFF);
}

async function status(options: Options): Promise<void> {
  const found = await readBrake(stateOf(await findStorage(options.stateDir)));
  say(options, found ?? { isOn: false }, sentenceOf(found));
}

function stateOf({ blobs }: StorageClients): JsonBlobs {
  return createJsonBlobs(blobs.getContainerClient(CONTAINERS.state));
}

function say({ json }: Options, answer: object, sentence: string): void {
  print(json ? shownJson(answer) : wrapped(sentence, columnsOf(process.stdout)));
}

/** The brake in a sentence. */
export function sentenceOf(status: BrakeStatus | undefined): string {
  if (!status) return "The brake is off, and was never on.";
  const since = status.since === undefined ? "" : ` since ${status.since.slice(0, 16).replace("T", " ")} UTC`;
  return status.isOn ? `The brake is on${since} (${status.reason}).` : `The brake is off${since}.`;
}
