// All commands in one tree, in the order in which help lists them.
import { Command } from "commander";
import { attachmentCommand } from "./altinn/attachment.ts";
import { brakeCommand } from "./altinn/brake.ts";
import { cancelCommand } from "./altinn/cancel.ts";
import { checkCommand } from "./altinn/check.ts";
import { completionCommand } from "./altinn/completion.ts";
import { deadLettersHere } from "./altinn/deadLetters.ts";
import { doctorCommand } from "./altinn/doctor.ts";
import { eraseCommand } from "./altinn/erase.ts";
import { figuresCommand } from "./altinn/figures.ts";
import { keyCommand } from "./altinn/key.ts";
import { lettersCommand } from "./altinn/letters.ts";
import { previewCommand } from "./altinn/preview.ts";
import { requestsCommand } from "./altinn/requests.ts";
import { schemaCommand } from "./altinn/schema.ts";
import { sendCommand } from "./altinn/send.ts";
import { statusCommand } from "./altinn/status.ts";
import { subscriptionsCommand } from "./altinn/subscriptions.ts";
import { tokenCommand } from "./altinn/token.ts";
import { watchCommand } from "./altinn/watch.ts";
import type { MakeCommand, Run } from "./program.ts";

const COMMANDS: readonly MakeCommand[] = [
  checkCommand,
  previewCommand,
  sendCommand,
  statusCommand,
  requestsCommand,
  lettersCommand,
  figuresCommand,
  watchCommand,
  cancelCommand,
  deadLettersHere,
  attachmentCommand,
  subscriptionsCommand,
  brakeCommand,
  tokenCommand,
  keyCommand,
  doctorCommand,
  eraseCommand,
  schemaCommand,
  completionCommand,
];

/** Makes the program with all commands. */
export function createAltinn(run: Run): Command {
  const program = new Command("altinn").description(
    "Checks and sends letters, says what became of them, and sets up what the app needs of Maskinporten, Altinn and Azure.",
  );
  for (const make of COMMANDS) program.addCommand(make(run));
  return program;
}
