// `altinn token`: whether Maskinporten and Altinn give the app a token, for what and until when. Never the token itself.
import { Command } from "commander";
import { decodeJwt } from "jose";
import { z } from "zod";
import { createAltinnClient } from "../../shared/altinn/altinnClient.ts";
import { systemClock, timestamp } from "../../shared/clock.ts";
import { readAltinnSettings } from "../../shared/settings/settings.ts";
import { columnsOf } from "../../terminal/columns.ts";
import { shownJson } from "../../terminal/foreign.ts";
import { print, tell } from "../../terminal/output.ts";
import { findAppSettings } from "../appSettings.ts";
import { factLines } from "../describing.ts";
import { type Run, STATE_DIRECTORY_OPTION, withExamples } from "../program.ts";
import { CannotDo } from "../storage.ts";
import { commonOptions, parseOptions } from "./asking.ts";
import { tokenFindings } from "./doctor/altinnCheck.ts";

const options = z.object({ ...commonOptions, settings: z.string().optional() });

/** What is shown of a token. */
const claimsSchema = z.object({ scope: z.string().optional(), exp: z.number().optional() });

/** Makes the command. `run` is given what is to be done. */
export function tokenCommand(run: Run): Command {
  const command = new Command("token")
    .description(
      "whether Maskinporten and Altinn give the app a token, for which scopes, and until when; never the token",
    )
    .option(
      "--settings <file>",
      "the app's settings: what az functionapp config appsettings list prints, or local.settings.json",
    )
    .option(...STATE_DIRECTORY_OPTION)
    .option("--json", "a line of JSON", false);
  withExamples(command, "", '--settings "$private/settings.json" --json');
  return command.action((given: unknown) => run(() => ask(given)));
}

async function ask(given: unknown): Promise<number> {
  const { settings: file, stateDir, json } = parseOptions(options, given);
  const read = readAltinnSettings((await findAppSettings({ file, stateDirectory: stateDir })).env);
  if (!read.ok) {
    const lines = read.problems.map(({ key, problem }) => `  ${key} ${problem}`);
    throw new CannotDo(["The app's settings don't tell how to reach Altinn:", ...lines].join("\n"));
  }
  const { altinn, maskinporten } = read.settings;
  const answer = await createAltinnClient(read.settings, systemClock).tokens.get();
  const asked = { environment: altinn.environment, issuer: maskinporten.issuer, asked: maskinporten.scopes };
  if (!answer.ok) {
    const findings = tokenFindings(answer.failure).filter(({ result }) => result === "failed");
    if (json) print(shownJson({ given: false, ...asked, findings }));
    else
      for (const { check, what, mend } of findings) tell(`${check}: ${what}${mend === undefined ? "" : `\n  ${mend}`}`);
    return 1;
  }
  const { scope, exp } = claimsSchema.parse(decodeJwt(answer.token));
  const scopes = scope?.split(" ");
  const missing = scopes === undefined ? [] : maskinporten.scopes.filter((wanted) => !scopes.includes(wanted));
  const expiresAt = exp === undefined ? undefined : timestamp(exp * 1000);
  if (json) print(shownJson({ given: true, ...asked, scopes, missing, expiresAt }));
  else {
    const facts = [
      ["environment", altinn.environment],
      ["issuer", maskinporten.issuer],
      ["scopes", scopes?.join(", ")],
      ["missing", missing.join(", ")],
      ["expires", expiresAt],
    ] as const;
    print(["Maskinporten and Altinn give a token.", ...factLines(facts, columnsOf(process.stdout))].join("\n"));
  }
  return missing.length === 0 ? 0 : 1;
}
