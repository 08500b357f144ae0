// `altinn send <file.json>...`: drops request files on the queue, as a producer would.
import { randomUUID } from "node:crypto";
import { Command } from "commander";
import { z } from "zod";
import { decodeMessage } from "../../shared/requests/decode.ts";
import { requestDigest } from "../../shared/requests/digest.ts";
import type { Problem } from "../../shared/requests/problem.ts";
import type { NamedSender, SendersOf } from "../../shared/senders/owners.ts";
import type { StorageClients } from "../../shared/storage/clients.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { columnsOf } from "../../terminal/columns.ts";
import { shown, shownJson } from "../../terminal/foreign.ts";
import { print, tell } from "../../terminal/output.ts";
import {
  dropRequest,
  findMissing,
  ownQueueOf,
  type RequestFile,
  readRequestFile,
  UnreadableFile,
} from "../../terminal/requestFile.ts";
import { problemText, wrapped } from "../../terminal/wrapped.ts";
import { NotUnderstood, type Run, STATE_DIRECTORY_OPTION, stoppable, withExamples, withNotes } from "../program.ts";
import { PRODUCTION_OPTION, storageToChange } from "../storage.ts";
import { done, openStorage } from "./asking.ts";
import { type Attached, readAttached, uploadAttached } from "./attached.ts";
import { isOver, readTimeout, sentenceOfPublished, TIMEOUT_OPTION, waitUntilPublished } from "./published.ts";

const optionsSchema = z.object({
  newId: z.boolean(),
  attach: z.array(z.string()),
  wait: z.boolean(),
  timeout: z.string(),
  unchecked: z.boolean(),
  json: z.boolean(),
  production: z.boolean().default(false),
  stateDir: z.string().optional(),
  sender: z.string().optional(),
});
type Options = z.output<typeof optionsSchema>;

const DESCRIPTION = `check each request and drop it on the queue ${QUEUES.requests}, or on its sender's own. An attachment whose "blob" is a file next to the request (or in attachments/ there) is uploaded first, and so is the request that a "requestBlob" names, out of requests/. A request that is too large for a message goes into a blob`;

/** Makes the command. `run` is given what is to be done. */
export function sendCommand(run: Run): Command {
  const command = withNotes(
    new Command("send")
      .summary("drop request files on the queue")
      .description(DESCRIPTION)
      .argument("<files...>", "request files, each a letter of its own")
      .option("--new-id", "give each request a new id, so that it is sent although its own id was sent before", false)
      .option("--attach <file>", "put this file along with the letter; may be given several times", more, [])
      .option("--wait", "wait until the letters are published, or will not be; exits with 1 if one is not", false)
      .option(...TIMEOUT_OPTION)
      .option(
        "--sender <name>",
        "drop it on the own queue of this sender of SENDERS; by default, of the one whose resource it is on",
      )
      .option("--unchecked", "drop requests that the check refuses, too", false)
      .option("--json", "a line of JSON for each file", false)
      .option(...STATE_DIRECTORY_OPTION)
      .option(...PRODUCTION_OPTION),
    "The storage is that of the app's settings (CORRESPONDENCE_STORAGE...), and without them that of npm start, which shows what happens to the letters.",
  );
  withExamples(
    command,
    "examples/letter.json",
    "--new-id examples/letter.json",
    "examples/letter.json --new-id --attach vedlegg.pdf --wait",
  );
  return command.action((files: string[], given: unknown) =>
    run(() => done(() => sendFiles(files, optionsSchema.parse(given)))),
  );
}

function more(file: string, before: readonly string[]): string[] {
  return [...before, file];
}

/** A file that is to be dropped, or undefined for one that is not; what there is to say of it has been said. */
async function look(
  path: string,
  storage: StorageClients,
  senders: SendersOf<NamedSender>,
  options: Options,
): Promise<RequestFile | undefined> {
  try {
    const sender = options.sender === undefined ? await ownQueueOf(path, senders) : senders.named(options.sender);
    const attached: Attached[] = [];
    for (const file of options.attach) attached.push(await readAttached(file, sender?.name));
    const named = attached.map(({ attachment }) => attachment);
    const newId = options.newId ? randomUUID() : undefined;
    const file = await readRequestFile(path, new Date(), { newId, attached: named, sender });
    // Of a letter that is refused nothing is uploaded.
    if (file.problems.length === 0 || options.unchecked) for (const one of attached) await uploadAttached(one, storage);
    const problems = [...file.problems, ...(await findMissing(file, storage))];
    if (problems.length > 0) sayRefused(path, problems, options);
    if (problems.length > 0 && !options.unchecked) return undefined;
    if (file.warnings.length > 0 && !options.json) tellProblems(`${path}: with warnings`, file.warnings);
    return file;
  } catch (error) {
    return sayIfUnreadable(path, error, options);
  }
}

/** True if the id stands for other content already, which is said: what is waited for would be that of the earlier letter. */
async function isIdTaken({ path, requestId, request, text }: RequestFile, options: Options): Promise<boolean> {
  if (request === undefined) return false;
  const { store } = await openStorage(options.stateDir);
  const known = (await store.requests.read(requestId))?.value;
  const decoded = decodeMessage(text);
  if (!known || !decoded.ok || requestDigest(decoded.value) === known.digest) return false;
  const error = `The id ${requestId} was used before for other content: give the letter an id of its own, or say --new-id.`;
  if (options.json) print(shownJson({ file: path, dropped: false, error }));
  else tell(wrapped(shown(`${path}: ${error}`), columnsOf(process.stderr), { rest: "  " }));
  return true;
}

/** Drops one file; false when it can't be dropped after all. */
async function drop(file: RequestFile, storage: StorageClients, options: Options): Promise<boolean> {
  const { path, requestId, warnings } = file;
  try {
    const { uploaded } = await dropRequest(file, storage);
    // An id that nobody chose says nothing by itself.
    const queue = file.sender === undefined ? [] : [`on the queue of ${file.sender}`];
    const notes = [...(!file.hasOwnId ? [path] : []), ...queue, ...uploaded.map((blob) => `uploaded ${blob}`)];
    if (options.json) print(shownJson({ file: path, dropped: true, requestId, uploaded, warnings }));
    else print(shown(`${requestId}  ${notes.join(", ")}`.trimEnd()));
    return true;
  } catch (error) {
    return sayIfUnreadable(path, error, options) ?? false;
  }
}

/** One file that cannot be read does not keep the others from being sent; a storage that is gone does. */
function sayIfUnreadable(path: string, error: unknown, { json }: Options): undefined {
  if (!(error instanceof UnreadableFile)) throw error;
  if (json) print(shownJson({ file: path, dropped: false, error: error.message }));
  else tell(wrapped(shown(error.message), columnsOf(process.stderr), { rest: "  " }));
}

function sayRefused(path: string, problems: readonly Problem[], { json, unchecked }: Options): void {
  if (!json) tellProblems(`${path}: refused`, problems);
  else if (!unchecked) print(shownJson({ file: path, dropped: false, problems }));
}

function tellProblems(what: string, problems: readonly Problem[]): void {
  tell(`${shown(what)}\n${problemText(problems, columnsOf(process.stderr))}`);
}

async function sendFiles(paths: readonly string[], options: Options): Promise<number> {
  if (options.attach.length > 0 && paths.length > 1) {
    throw new NotUnderstood("--attach goes with one letter: name one file, and send the others by themselves.");
  }
  const timeoutMs = readTimeout(options.timeout);
  const storage = await storageToChange(options);
  const { findSenders } = await import("../senders.ts");
  const senders = await findSenders(options.stateDir);
  if (options.sender !== undefined && senders.named(options.sender)?.hasOwnQueue !== true) {
    throw new NotUnderstood("--sender is the name of a sender in SENDERS that has a queue of its own.");
  }
  // npm runs us in the project's root and says where the user stands.
  if (process.env.INIT_CWD !== undefined) process.chdir(process.env.INIT_CWD);
  const files: RequestFile[] = [];
  for (const path of paths) {
    const file = await look(path, storage, senders, options);
    if (file !== undefined) files.push(file);
  }
  const dropped: RequestFile[] = [];
  for (const file of files) {
    if (options.wait && (await isIdTaken(file, options))) continue;
    if (await drop(file, storage, options)) dropped.push(file);
  }
  const isAll = dropped.length === paths.length;
  if (options.wait && dropped.length > 0) return (await wait(dropped, timeoutMs, options)) && isAll ? 0 : 1;
  if (dropped.length > 0 && !options.json) {
    const where = `Watch the queue ${QUEUES.announcements}, or the terminal of npm start, for these request ids.`;
    print(wrapped(where, columnsOf(process.stdout)));
  }
  return isAll ? 0 : 1;
}

/** True if every letter of the requests was published. */
async function wait(files: readonly RequestFile[], timeoutMs: number, { json, stateDir }: Options): Promise<boolean> {
  const letters = files.filter(isNamed);
  if (letters.length < files.length)
    tell("What cancels, and what names a blob that is not at hand, is not waited for.");
  const ids = [...new Set(letters.map(({ requestId }) => requestId))];
  const context = await openStorage(stateDir);
  const found = await stoppable((signal) => waitUntilPublished(context, ids, { timeoutMs, signal }));
  for (const one of found) print(json ? shownJson(one) : shown(sentenceOfPublished(one)));
  return found.every((one) => isOver(one) && one.failed === 0);
}

/** Whether the id under which the app will know it is known here; that of a cancel is another request's. */
function isNamed({ request, problems }: RequestFile): boolean {
  return request !== undefined || problems.length > 0;
}
