// `npm run brake -- on|off|status`: stops all sending, and lets it go on.
import { Command, CommanderError } from "commander";
import { systemClock } from "../shared/clock.ts";
import { readBrake, setBrake } from "../shared/pausing/emergencyBrake.ts";
import { createJsonBlobs, type JsonBlobs } from "../shared/storage/jsonBlobs.ts";
import { CONTAINERS } from "../shared/storage/names.ts";
import { columnsOf } from "../terminal/columns.ts";
import { print, tell } from "../terminal/output.ts";
import { wrapped } from "../terminal/wrapped.ts";
import { STATE_DIRECTORY_OPTION, withHelp } from "./program.ts";
import { describeFailure, findStorage } from "./storage.ts";

const ON =
  "The brake is on. Every instance stops within half a minute; what is under way is finished. What is dropped meanwhile is accepted and waits.";
const OFF = "The brake is off. What waited goes out within six minutes.";

const program = withHelp(
  new Command("npm run brake --")
    .description("Stops all sending, in every instance, or lets it go on. Nothing is lost meanwhile.")
    .option(...STATE_DIRECTORY_OPTION),
  "The storage is that of the app's settings (CORRESPONDENCE_STORAGE...), and without them that of npm start.",
);

program
  .command("on")
  .description("stop all sending")
  .action(() => work((state) => turn(state, true)));
program
  .command("off")
  .description("lift the brake, whoever has pulled it")
  .action(() => work((state) => turn(state, false)));
program
  .command("status")
  .description("say whether it is on, and why")
  .action(() => work(describe));

async function work(action: (state: JsonBlobs) => Promise<string>): Promise<void> {
  const { blobs } = await findStorage(program.opts<{ stateDir?: string }>().stateDir);
  const said = await action(createJsonBlobs(blobs.getContainerClient(CONTAINERS.state)));
  print(wrapped(said, columnsOf(process.stdout)));
}

async function turn(state: JsonBlobs, isOn: boolean): Promise<string> {
  await setBrake(state, { isOn, reason: "operator", now: systemClock.now() });
  return isOn ? ON : OFF;
}

async function describe(state: JsonBlobs): Promise<string> {
  const status = await readBrake(state);
  if (!status) return "The brake is off, and was never on.";
  const since = status.since === undefined ? "" : ` since ${status.since.slice(0, 16).replace("T", " ")} UTC`;
  return status.isOn ? `The brake is on${since} (${status.reason}).` : `The brake is off${since}.`;
}

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  tell(describeFailure(error));
  process.exitCode = 1;
});
