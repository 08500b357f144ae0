// `npm run attachment -- upload|status|purge`: attachments that are uploaded to Altinn once, for many letters to name.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import { z } from "zod";
import { altinnId } from "../shared/altinn/wire.ts";
import { shownJson } from "../terminal/foreign.ts";
import { fromHere } from "../terminal/givenFile.ts";
import { print, tell } from "../terminal/output.ts";
import { reachAltinn } from "./attachmentAltinn.ts";
import { RefusedFile, readAttachmentFile } from "./attachmentFile.ts";
import { sizeText, type UploadOutcome, uploadFile } from "./attachmentUpload.ts";
import { explainFailure, explainRefusal, explainStatus } from "./attachmentWords.ts";
import { STATE_DIRECTORY_OPTION, withHelp } from "./program.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const common = z.object({ json: z.boolean().default(false), stateDir: z.string().optional() });
const uploadOptions = common.extend({
  resource: z.string(),
  displayName: z.string().optional(),
  sendersReference: z.string().optional(),
  expiresInDays: z.string().optional(),
});

const reach = ({ stateDir }: z.output<typeof common>) =>
  reachAltinn(process.env, stateDir === undefined ? join(ROOT, ".local") : fromHere(stateDir));

const printEither = (line: string, json: object, asJson: boolean) => print(asJson ? shownJson(json) : line);

async function upload(path: string, given: unknown): Promise<number> {
  const options = uploadOptions.parse(given);
  const stopped = whenStopped();
  const { altinn, settings } = await reach(options);
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
  const { altinn } = await reach(options);
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

/** Asked to stop by Ctrl-C, by a signal, or because the process that started us is gone; the second time at once. */
function whenStopped(): AbortSignal {
  const stop = new AbortController();
  let firstAt: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      firstAt ??= Date.now();
      // The same request often comes twice at once.
      if (Date.now() - firstAt > 1_000) process.exit(1);
      if (!stop.signal.aborted) tell("Stopping ...");
      stop.abort();
    });
  }
  process.on("disconnect", () => stop.abort());
  process.channel?.unref();
  return stop.signal;
}

function commands(run: (work: Promise<number>) => Promise<void>): Command {
  const program = withHelp(
    new Command("npm run attachment --").description(
      "Attachments that are uploaded to Altinn once, for any number of letters to name in existingAttachments.",
    ),
    "With the app's settings in the environment it goes to their Altinn, otherwise to that of npm start.",
  );
  const command = (text: string, what: string) =>
    program
      .command(text)
      .description(what)
      .option("--json", "a line of JSON on standard output")
      .option(...STATE_DIRECTORY_OPTION);
  command("upload <file>", "upload a file of up to 50 GB, wait for its scan, and print its id")
    .requiredOption("--resource <id>", "the resource that it belongs to")
    .option("--display-name <text>", "the name that recipients see")
    .option("--senders-reference <text>", "your own reference (default: the file's name)")
    .option("--expires-in-days <n>", "after so many days Altinn deletes it: at least 14 in production")
    .action((file: string, options: unknown) => run(upload(file, options)));
  command("status <id>", "print what Altinn says of it: Published means ready").action((id: string, options: unknown) =>
    run(status(id, options)),
  );
  command("purge <id>", "purge one that no letter has").action((id: string, options: unknown) =>
    run(purge(id, options)),
  );
  return program;
}

async function main(): Promise<number> {
  let exit = 0;
  const program = commands(async (work) => {
    exit = await work;
  });
  try {
    await program.parseAsync();
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const isStopped = error instanceof Error && error.name === "AbortError";
    tell(isStopped ? "Nothing was uploaded." : error instanceof Error ? error.message : String(error));
    return 1;
  }
}

process.exitCode = await main();
