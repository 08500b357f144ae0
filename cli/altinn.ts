// `npm run altinn -- key|subscriptions|doctor|erase|letters|figures`: what operators set up with Maskinporten, Altinn and Azure,
// look into, and clear away.
import { Command, CommanderError } from "commander";
import { tell } from "../terminal/output.ts";
import { explainAzure } from "./altinn/azureFailure.ts";
import { doctorCommand } from "./altinn/doctor.ts";
import { eraseCommand } from "./altinn/erase.ts";
import { figuresCommand } from "./altinn/figures.ts";
import { keyCommand } from "./altinn/key.ts";
import { lettersCommand } from "./altinn/letters.ts";
import { subscriptionsCommand } from "./altinn/subscriptions.ts";
import { type Run, withHelp } from "./program.ts";

async function main(): Promise<number> {
  let exit = 0;
  const run: Run = async (work) => {
    exit = (await work()) ?? 0;
  };
  const program = withHelp(new Command("npm run altinn --"))
    .description(
      "Sets up what the app needs of Maskinporten, Altinn and Azure, finds what is wrong with it, and says what became of letters, and how many there were.",
    )
    .addCommand(keyCommand(run))
    .addCommand(subscriptionsCommand(run))
    .addCommand(doctorCommand(run))
    .addCommand(eraseCommand(run))
    .addCommand(lettersCommand(run))
    .addCommand(figuresCommand(run));
  for (const command of program.commands.flatMap((parent) => [parent, ...parent.commands])) {
    command.copyInheritedSettings(program);
  }
  try {
    await program.parseAsync();
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    tell(explainAzure(error));
    return 1;
  }
}

process.exitCode = await main();
