// What memory one instance takes, of the smallest that Azure has (512 MB): idle, after many letters, while a large file is
// streamed, and while many files are at once. The built app in a process of its own, fresh for each.
import { tmpdir } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { CONTAINERS } from "../shared/storage/names.ts";
import { answerAfter, countCalls, listCalls, POST_LETTER, POST_WITH_FILES } from "./altinnControl.ts";
import { putBlob, requireSpace } from "./attachmentMemory.ts";
import { type Parts, startApp, withParts } from "./parts.ts";
import { peakMemoryMB, residentMemoryMB } from "./peakMemory.ts";
import { dropRequests } from "./requests.ts";

const LETTERS_WITH_FILES = 16;
const FILE_MB = 100;
/** So many messages wait at a time: more than are taken at once, and few enough that Azurite is not slowed down. */
const ON_QUEUE = 64;
const POLL_MS = 250;
/** Altinn reads no byte of a letter with files for so long: by then all of them are under way. Milliseconds. */
const HOLD_MS = 10_000;
/** How long a case may take, in milliseconds. */
const LIMIT = 1_800_000;

/** What one case took, in MB (1,000,000 bytes). */
export interface Memory {
  readonly case: string;
  /** Resident at its end. */
  readonly residentMB: number;
  /** Resident at its highest. */
  readonly peakMB: number;
  /** How many letters were under way together at the most, where that was looked for. */
  readonly underWay?: number;
}

interface MemoryOptions {
  readonly json: boolean;
  readonly sizeMB: number;
  readonly many: number;
}

/** Prints a line for each case. */
export async function memory({ json, sizeMB, many }: MemoryOptions): Promise<void> {
  await requireSpace(tmpdir(), Math.max(sizeMB, FILE_MB));
  await withParts(async (parts) => {
    print(await measure(parts, "idle", async () => wait(HOLD_MS)), json);
    print(await measure(parts, `${many} letters`, (log) => sendLetters(parts, many, log)), json);
    print(await measure(parts, `an attachment of ${sizeMB} MB`, (log) => sendFiles(parts, 1, sizeMB, log)), json);
    const files = `${LETTERS_WITH_FILES} letters with ${FILE_MB} MB each`;
    print(await measure(parts, files, (log) => sendFiles(parts, LETTERS_WITH_FILES, FILE_MB, log)), json);
  });
}

/** Has a fresh process do something. What that gives, if anything, is how many letters were under way together. */
async function measure(
  parts: Parts,
  name: string,
  work: (log: readonly string[]) => Promise<number | undefined>,
): Promise<Memory> {
  await answerAfter(parts.altinnUrl, 0);
  const log: string[] = [];
  const app = await startApp(parts, (line) => {
    log.push(line);
    if (log.length > 20) log.shift();
  });
  try {
    const underWay = await work(log);
    return {
      case: name,
      residentMB: await residentMemoryMB(app.pid),
      peakMB: await peakMemoryMB(app.pid),
      ...(underWay === undefined ? {} : { underWay }),
    };
  } finally {
    await app.stop();
  }
}

async function sendLetters(parts: Parts, count: number, log: readonly string[]): Promise<undefined> {
  const sentSoFar = async () => (await countCalls(parts.altinnUrl))[POST_LETTER] ?? 0;
  const inTime = timeLimit(log);
  let dropped = 0;
  for (let sent = 0; sent < count; sent = await sentSoFar()) {
    inTime(`${sent} of ${count} letters were sent`);
    const room = Math.min(ON_QUEUE - (dropped - sent), count - dropped);
    if (room > 0) dropped += (await dropRequests(parts, room)).length;
    await wait(POLL_MS);
  }
}

/** Sends letters with a file of that size each, all of them at once; how many really were, where it is several. */
async function sendFiles(parts: Parts, count: number, megabytes: number, log: readonly string[]) {
  const blob = `${count}-${megabytes}.zip`;
  await putBlob(parts.storage.blobs, blob, megabytes);
  await answerAfter(parts.altinnUrl, HOLD_MS, POST_WITH_FILES);
  await dropRequests(parts, count, { blob });
  const inTime = timeLimit(log);
  let most = 0;
  for (let sent = 0; sent < count; ) {
    inTime(`${sent} of ${count} letters with files were sent`);
    await wait(POLL_MS);
    const posts = (await listCalls(parts.altinnUrl)).filter(({ route }) => route === "/correspondence/upload");
    most = Math.max(most, posts.filter(({ status }) => status === null).length);
    sent = posts.filter(({ status }) => status === 200).length;
  }
  await parts.storage.blobs.getContainerClient(CONTAINERS.attachments).deleteBlob(blob);
  if (most < count) throw new Error(`${most} of ${count} letters were under way together: too few to say anything.`);
  return count > 1 ? most : undefined;
}

/** What it gives throws once a case has taken too long. */
function timeLimit(log: readonly string[]): (soFar: string) => void {
  const end = Date.now() + LIMIT;
  return (soFar) => {
    if (Date.now() > end) throw new Error(`${soFar} in time:\n${log.join("\n")}`);
  };
}

function print(line: Memory, json: boolean): void {
  const { residentMB, peakMB, underWay } = line;
  const together = underWay === undefined ? "" : `, ${underWay} of them together`;
  console.log(
    json ? JSON.stringify(line) : `${line.case.padEnd(32)} ${residentMB} MB, ${peakMB} MB at the most${together}`,
  );
}
