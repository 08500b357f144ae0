// `npm run altinn -- doctor`: looks at everything that the app needs, and says what is wrong and how to mend it.
import { Command } from "commander";
import { z } from "zod";
import { dispatchQueueOf, requestQueueOf } from "../../shared/senders/senders.ts";
import {
  type Checked,
  readReceiving,
  readSenderList,
  readStatusQueues,
  readStorageSettings,
} from "../../shared/settings/settings.ts";
import { poisonQueueOf } from "../../shared/storage/names.ts";
import { columnsOf } from "../../terminal/columns.ts";
import { shownJson, shownLines } from "../../terminal/foreign.ts";
import { fromHere } from "../../terminal/givenFile.ts";
import { print } from "../../terminal/output.ts";
import { wrapped } from "../../terminal/wrapped.ts";
import { refuseInTheClear } from "../appAddress.ts";
import { type FoundSettings, findAppSettings } from "../appSettings.ts";
import { type Run, withExamples } from "../program.ts";
import { checkAltinn, checkSubscriptions } from "./doctor/altinnCheck.ts";
import { checkClock } from "./doctor/clockCheck.ts";
import { type Finding, type FindingResult, skipped } from "./doctor/finding.ts";
import { checkReceiving } from "./doctor/receivingCheck.ts";
import { checkReferences } from "./doctor/referencesCheck.ts";
import { checkSettings } from "./doctor/settingsCheck.ts";
import { checkStorage } from "./doctor/storageCheck.ts";
import { checkWebhook } from "./doctor/webhookCheck.ts";
import { functionKeyOf, reachOptions, withReachOptions } from "./reach.ts";
import { readParties } from "./sender.ts";

/** Makes the command. `run` is given what is to be done. */
export function doctorCommand(run: Run): Command {
  const command = withReachOptions(
    new Command("doctor").description("look at everything that the app needs: what is wrong, and how to mend it"),
  ).option(
    "--references <file>",
    "whether Azure has read the app's secrets: what az rest prints of them (docs/getting-started.md)",
  );
  withExamples(command, "", '--app https://<app>.azurewebsites.net --settings "$private/settings.json"');
  return command.action((given: unknown) => run(async () => diagnose(doctorOptions.parse(given))));
}

const doctorOptions = reachOptions.extend({ references: z.string().optional() });

/** 0 if nothing has failed. */
async function diagnose(options: z.output<typeof doctorOptions>): Promise<number> {
  const found = await findAppSettings({ file: options.settings, stateDirectory: options.stateDir });
  const app = options.app ?? found.app;
  const key = await functionKeyOf(options, found);
  if (app !== undefined) refuseInTheClear(app, key);
  const webhook = app === undefined ? undefined : { app, ...(key === undefined ? {} : { key }) };
  const findings: Finding[] = [];
  const show = (more: readonly Finding[]) => {
    findings.push(...more);
    if (!options.json) for (const finding of more) for (const line of linesOf(finding)) print(line);
  };
  show(checkSettings(found));
  if (options.references !== undefined) show(await checkReferences(fromHere(options.references)));
  const storage = readStorageSettings(found.env);
  show(storage.ok ? await checkStorage(storage.settings, queuesOf(found)) : noSettings("storage"));
  const parties = readParties(found.env, options.sender);
  if (parties.ok) {
    for (const [index, party] of parties.settings.entries()) {
      const { name, settings, resources } = party;
      const of = (more: readonly Finding[]) =>
        show(name === undefined ? more : more.map((finding) => ({ ...finding, check: `${name}: ${finding.check}` })));
      const { issuer } = settings.maskinporten;
      const metadata = `${issuer.replace(/\/+$/, "")}/.well-known/oauth-authorization-server`;
      if (index === 0) show([await checkClock([metadata, settings.altinn.platformUrl])]);
      of(await checkAltinn(settings, resources));
      const anyReceiver = valueOr(readReceiving(found.env), undefined);
      const receiver = name === undefined ? anyReceiver : undefined;
      if (receiver !== undefined) of(await checkReceiving(settings, receiver));
      of(await checkSubscriptions(settings, party, webhook, receiver, anyReceiver));
    }
  } else show([...noSettings("clock"), ...noSettings("Maskinporten"), ...noSettings("subscriptions")]);
  show(await checkWebhook(webhook));
  const counts = countsOf(findings);
  if (options.json) print(shownJson({ healthy: counts.failed === 0, ...counts, findings }));
  else print(`\n${counts.failed} failed, ${counts.warning} warnings, ${counts.ok} ok, ${counts.skipped} skipped`);
  return counts.failed === 0 ? 0 : 1;
}

/** The queues beside those that every app has. */
function queuesOf({ env }: FoundSettings): readonly string[] {
  const own = valueOr(readSenderList(env), [])
    .filter(({ hasOwnQueue }) => hasOwnQueue)
    .flatMap((sender) => [requestQueueOf(sender), dispatchQueueOf(sender)]);
  return [...valueOr(readStatusQueues(env), []), ...own.flatMap((queue) => [queue, poisonQueueOf(queue)])];
}

function valueOr<T>(read: Checked<T>, otherwise: T): T {
  return read.ok ? read.settings : otherwise;
}

function noSettings(check: string): Finding[] {
  return [skipped(check, "its settings are missing or wrong")];
}

function countsOf(findings: readonly Finding[]): Record<FindingResult, number> {
  const counts = { ok: 0, warning: 0, failed: 0, skipped: 0 };
  for (const { result } of findings) counts[result]++;
  return counts;
}

/** What is found, and below it how to mend it: both beside the result, which is what one looks for. */
function linesOf({ check, result, what, mend }: Finding): string[] {
  const columns = columnsOf(process.stdout);
  const line = wrapped(shownLines(`${check}: ${what}`), columns, { first: result.padEnd(9) });
  return mend === undefined ? [line] : [line, wrapped(mend, columns, { first: `${" ".repeat(9)}> ` })];
}
