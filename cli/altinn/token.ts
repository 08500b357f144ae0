// `altinn token`: whether Maskinporten and Altinn give the app a token, for what and until when. Never the token itself.
import { Command } from "commander";
import { decodeJwt } from "jose";
import { z } from "zod";
import { createAltinnClient } from "../../shared/altinn/altinnClient.ts";
import { systemClock, timestamp } from "../../shared/clock.ts";
import { columnsOf } from "../../terminal/columns.ts";
import { shownJson } from "../../terminal/foreign.ts";
import { print, tell } from "../../terminal/output.ts";
import { findAppSettings } from "../appSettings.ts";
import { factLines } from "../describing.ts";
import { type Run, STATE_DIRECTORY_OPTION, withExamples } from "../program.ts";
import { commonOptions, parseOptions } from "./asking.ts";
import { tokenFindings } from "./doctor/altinnCheck.ts";
import { readParty, SENDER_OPTION } from "./sender.ts";

const options = z.object({ ...commonOptions, settings: z.string().optional(), sender: z.string().optional() });

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
    .option(...SENDER_OPTION)
    .option("--json", "a line of JSON", false);
  withExamples(command, "", '--settings "$private/settings.json" --json');
  return command.action((given: unknown) => run(() => ask(given)));
}

async function ask(given: unknown): Promise<number> {
  const { settings: file, stateDir, json, sender } = parseOptions(options, given);
  const { settings } = readParty((await findAppSettings({ file, stateDirectory: stateDir })).env, sender);
  const { altinn, maskinporten } = settings;
  const answer = await createAltinnClient(settings, systemClock).tokens.get();
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
