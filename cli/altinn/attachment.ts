// `altinn attachment upload|status|purge`: attachments that are uploaded to Altinn once, for many letters to name.
import { Command } from "commander";
import { z } from "zod";
import { altinnId } from "../../shared/altinn/wire.ts";
import { shownJson } from "../../terminal/foreign.ts";
import { fromHere } from "../../terminal/givenFile.ts";
import { print, tell } from "../../terminal/output.ts";
import { reachAltinn } from "../attachmentAltinn.ts";
import { RefusedFile, readAttachmentFile } from "../attachmentFile.ts";
import { sizeText, type UploadOutcome, uploadFile } from "../attachmentUpload.ts";
import { explainFailure, explainRefusal, explainStatus } from "../attachmentWords.ts";
import { type Run, STATE_DIRECTORY_OPTION, stoppable, withExamples, withNotes } from "../program.ts";
import { PRODUCTION_OPTION, refuseProduction, STATE_DIRECTORY } from "../storage.ts";

const common = z.object({
  json: z.boolean().default(false),
  stateDir: z.string().optional(),
  production: z.boolean().default(false),
});
const uploadOptions = common.extend({
  resource: z.string(),
  displayName: z.string().optional(),
  sendersReference: z.string().optional(),
  expiresInDays: z.string().optional(),
});

const reach = ({ stateDir }: z.output<typeof common>) =>
  reachAltinn(process.env, stateDir === undefined ? STATE_DIRECTORY : fromHere(stateDir));

const printEither = (line: string, json: object, asJson: boolean) => print(asJson ? shownJson(json) : line);

async function upload(path: string, given: unknown, stopped: AbortSignal): Promise<number> {
  const options = uploadOptions.parse(given);
  const { altinn, settings } = await reach(options);
  refuseProduction(settings.altinn.environment === "production", options);
  const context = { environment: settings.altinn.environment, now: new Date() };
  const file = await readAttachmentFile(fromHere(path), options, context, stopped);
  tell(`To ${settings.altinn.platformUrl}, for the resource ${options.resource}; MD5 ${file.checksum}.`);
  const outcome = await uploadFile({ altinn, tell, signal: stopped }, file);
  if (outcome.kind !== "published") {
    tell(describe(outcome));
    return 1;
  }
  const { attachmentId } = outcome;
  const { fileName, sizeBytes, checksum } = file;
  printEither(attachmentId, { attachmentId, status: "Published", fileName, sizeBytes, checksum }, options.json);
  tell(`${fileName} (${sizeText(sizeBytes)}) is ready. Name the id in existingAttachments of any number of letters.`);
  return 0;
}

function describe(outcome: Exclude<UploadOutcome, { kind: "published" }>): string {
  switch (outcome.kind) {
    case "failed":
      return `Not uploaded. ${outcome.why}`;
    case "leftBehind":
      return `Not uploaded. ${outcome.why} What was made could not be purged; do it later: npm run attachment -- purge ${outcome.attachmentId}`;
    case "scanning":
      return `Uploaded, but not ready. ${outcome.why} Ask before you use it: npm run attachment -- status ${outcome.attachmentId}`;
  }
}

async function status(written: string, given: unknown): Promise<number> {
  const options = common.parse(given);
  const { altinn } = await reach(options);
  const attachmentId = idOf(written);
  const answer = await altinn.attachment(attachmentId);
  switch (answer.kind) {
    case "found": {
      const { fileName, checksum, correspondenceIds } = answer.value;
      const name = answer.value.status ?? answer.value.unknownStatus ?? "unknown";
      const json = { attachmentId, status: name, fileName, checksum, correspondences: correspondenceIds.length };
      printEither(name, json, options.json);
      tell(
        `${fileName ?? "The attachment"}: ${explainStatus(answer.value)} ${correspondenceIds.length} letters have it.`,
      );
      return 0;
    }
    case "gone":
      tell(`Altinn knows no attachment ${attachmentId}. Was it made in another environment?`);
      return 1;
    case "refused":
      tell(explainRefusal(`to show attachment ${attachmentId}`, answer));
      return 1;
    case "failed":
      tell(explainFailure(answer));
      return 1;
  }
}

async function purge(written: string, given: unknown): Promise<number> {
  const options = common.parse(given);
  const { altinn, settings } = await reach(options);
  refuseProduction(settings.altinn.environment === "production", options);
  const attachmentId = idOf(written);
  const answer = await altinn.purgeAttachment(attachmentId);
  switch (answer.kind) {
    case "purged":
    case "gone":
      if (options.json) print(shownJson({ attachmentId, result: answer.kind }));
      tell(
        answer.kind === "purged" ? `${attachmentId} is purged.` : `${attachmentId} was purged before, or never made.`,
      );
      return 0;
    case "inUse":
      tell(`${attachmentId} is not purged: letters have it. It goes when the last of them is purged.`);
      return 1;
    case "refused":
      tell(explainRefusal(`to purge attachment ${attachmentId}`, answer));
      return 1;
    case "failed":
      tell(explainFailure(answer));
      return 1;
  }
}

function idOf(written: string): string {
  const parsed = altinnId.safeParse(written.trim());
  if (!parsed.success) throw new RefusedFile(`${written} is no id of an attachment: it must be a UUID.`);
  return parsed.data;
}

/** Makes the command. `run` is given what is to be done. */
export function attachmentCommand(run: Run): Command {
  const attachment = withNotes(
    new Command("attachment").description(
      "attachments that are uploaded to Altinn once, for any number of letters to name in existingAttachments",
    ),
    "With the app's settings in the environment it goes to their Altinn, otherwise to that of npm start.",
  );
  const command = (text: string, what: string) =>
    attachment
      .command(text)
      .description(what)
      .option("--json", "a line of JSON on standard output")
      .option(...STATE_DIRECTORY_OPTION);
  withExamples(
    command("upload <file>", "upload a file of up to 50 GB, wait for its scan, and print its id")
      .requiredOption("--resource <id>", "the resource that it belongs to")
      .option("--display-name <text>", "the name that recipients see")
      .option("--senders-reference <text>", "your own reference (default: the file's name)")
      .option("--expires-in-days <n>", "after so many days Altinn deletes it: at least 14 in production")
      .option(...PRODUCTION_OPTION),
    "vedlegg.pdf --resource my-letters",
  ).action((file: string, options: unknown) =>
    run(() =>
      stoppable((signal) => upload(file, options, signal)).catch((error: unknown) => {
        if (!(error instanceof Error) || error.name !== "AbortError") throw error;
        tell("Nothing was uploaded.");
        return 1;
      }),
    ),
  );
  withExamples(command("status <id>", "print what Altinn says of it: Published means ready"), "<id>").action(
    (id: string, options: unknown) => run(() => status(id, options)),
  );
  withExamples(command("purge <id>", "purge one that no letter has").option(...PRODUCTION_OPTION), "<id>").action(
    (id: string, options: unknown) => run(() => purge(id, options)),
  );
  return attachment;
}
