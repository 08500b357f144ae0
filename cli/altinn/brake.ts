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
import { OF_SENDER_OPTION, type Run, STATE_DIRECTORY_OPTION, withExamples, withNotes } from "../program.ts";
import { findStorage, PRODUCTION_OPTION, storageToChange } from "../storage.ts";
import { done, parseOptions } from "./asking.ts";

const ON =
  "The brake is on. Every instance stops within half a minute; what is under way is finished. What is dropped meanwhile is accepted and waits.";
const OFF = "The brake is off. What waited goes out within six minutes.";

const optionsSchema = z.object({
  stateDir: z.string().optional(),
  json: z.boolean().default(false),
  production: z.boolean().default(false),
  sender: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, { error: "--sender is the name of a sender in SENDERS: a-z, 0-9 and hyphens" })
    .optional(),
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
          await work(parseOptions(optionsSchema, made.optsWithGlobals()));
          return 0;
        }),
      ),
    );
  };
  command("on", "stop all sending, or one sender's", (options) => turn(options, true))
    .option(...OF_SENDER_OPTION)
    .option(...PRODUCTION_OPTION);
  command("off", "lift the brake, or one sender's, whoever has pulled it", (options) => turn(options, false))
    .option(...OF_SENDER_OPTION)
    .option(...PRODUCTION_OPTION);
  command("status", "say whether it is on, and why", status);
  return brake;
}

async function turn(options: Options, isOn: boolean): Promise<void> {
  const state = stateOf(await storageToChange(options));
  const { sender } = options;
  await setBrake(state, { isOn, reason: "operator", now: systemClock.now(), sender });
  const sentence = isOn ? ON : OFF;
  const named = sender === undefined ? sentence : `${sender}: ${sentence}`;
  say(options, { isOn, reason: "operator", ...(sender === undefined ? {} : { sender }) }, named);
}

async function status(options: Options): Promise<void> {
  const found = await readBrake(stateOf(await findStorage(options.stateDir)));
  const ofSenders = Object.entries(found?.senders ?? {}).map(([name, its]) => `${name}: ${sentenceOf(its)}`);
  say(options, found ?? { isOn: false }, [sentenceOf(found), ...ofSenders].join("\n"));
}

function stateOf({ blobs }: StorageClients): JsonBlobs {
  return createJsonBlobs(blobs.getContainerClient(CONTAINERS.state));
}

function say({ json }: Options, answer: object, sentence: string): void {
  if (json) print(shownJson(answer));
  else for (const line of sentence.split("\n")) print(wrapped(line, columnsOf(process.stdout)));
}

/** The brake in a sentence. */
export function sentenceOf(status: BrakeStatus | undefined): string {
  if (!status) return "The brake is off, and was never on.";
  const since = status.since === undefined ? "" : ` since ${status.since.slice(0, 16).replace("T", " ")} UTC`;
  return status.isOn ? `The brake is on${since} (${status.reason}).` : `The brake is off${since}.`;
}
