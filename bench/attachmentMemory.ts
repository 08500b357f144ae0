// How much more memory the app needs for a large attachment than for a small one: the peak of the process that sends,
// measured in a fresh one for each, with storage and the simulator in processes of their own.
import { createHash } from "node:crypto";
import { statfs } from "node:fs/promises";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import type { BlobServiceClient } from "@azure/storage-blob";
import { z } from "zod";
import { organization } from "../local/parties.ts";
import { EXAMPLE_RESOURCE } from "../local/start/appSettings.ts";
import { CONTAINERS, QUEUES } from "../shared/storage/names.ts";
import { type Parts, type Running, startApp, startParts, withRunning } from "./parts.ts";
import { peakMemoryMB } from "./peakMemory.ts";

const SMALL_MB = 1;
const MEGABYTE = 1_000_000;
/** How long the letters of one request may take, in milliseconds: this, and more for each MB. */
const SENDING_LIMIT = { base: 60_000, perMB: 500 };

interface Peak {
  readonly small: number;
  readonly large: number;
  readonly extra: number;
}

/** The two ways that a file goes to Altinn: with the one letter, or once before several, which share it. */
const RECIPIENTS = { multipart: [organization(10)], shared: [organization(10), organization(11)] } as const;
type Way = keyof typeof RECIPIENTS;

/** Prints the peaks in MB (1,000,000 bytes), the worst of the differences first. */
export async function attachmentMemory({ json, sizeMB }: { json: boolean; sizeMB: number }): Promise<void> {
  const peaks = await withRunning((directory, running) => measureAll(directory, running, sizeMB));
  if (json) printJson(peaks, sizeMB);
  else printTable(peaks, sizeMB);
}

type Peaks = Readonly<Record<Way, Peak>>;

async function measureAll(directory: string, running: Running, sizeMB: number): Promise<Peaks> {
  await requireSpace(directory, sizeMB);
  const parts = await startParts(directory, running);
  const multipart = await measure(parts, "multipart", sizeMB);
  return { multipart, shared: await measure(parts, "shared", sizeMB) };
}

/** Throws where there is no room: Azurite keeps the blob, and the blocks that it was put together from for a while. */
export async function requireSpace(directory: string, sizeMB: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const needed = 3 * sizeMB * MEGABYTE;
  if (bavail * bsize < needed) {
    throw new Error(`${directory} needs ${needed / MEGABYTE} MB. Make room, set TMPDIR, or use a smaller --size-mb.`);
  }
}

async function measure(parts: Parts, way: Way, sizeMB: number): Promise<Peak> {
  const peaks: number[] = [];
  for (const megabytes of [SMALL_MB, sizeMB]) {
    const blob = `${way}-${megabytes}.zip`;
    const sha256 = await putBlob(parts.storage.blobs, blob, megabytes);
    peaks.push(await sendLetters(parts, blob, RECIPIENTS[way], SENDING_LIMIT.base + megabytes * SENDING_LIMIT.perMB));
    const received = await filesOf(parts.altinnUrl);
    if (received.get(blob) !== sha256) throw new Error(`Altinn did not get ${blob} as it was.`);
    await parts.storage.blobs.getContainerClient(CONTAINERS.attachments).deleteBlob(blob);
  }
  const [small = 0, large = 0] = peaks;
  return { small, large, extra: large - small };
}

/** Makes a blob of so many MB in the container of attachments, while it is uploaded; its SHA-256. */
export async function putBlob(blobs: BlobServiceClient, path: string, megabytes: number): Promise<string> {
  const hash = createHash("sha256");
  async function* bytes() {
    for (let index = 0; index < megabytes; index++) {
      const part = Buffer.alloc(MEGABYTE, `${index} `);
      hash.update(part);
      yield part;
    }
  }
  const blob = blobs.getContainerClient(CONTAINERS.attachments).getBlockBlobClient(path);
  await blob.uploadStream(Readable.from(bytes(), { objectMode: false }), 4 * MEGABYTE, 2);
  return hash.digest("hex");
}

/** Sends letters with the attachment, by the app as it is deployed; the peak of its process. */
async function sendLetters(
  parts: Parts,
  blob: string,
  recipients: readonly string[],
  limitMs: number,
): Promise<number> {
  const { storage, altinnUrl } = parts;
  const log: string[] = [];
  const functions = await startApp(parts, (line) => void log.push(line));
  try {
    const attachments = [{ fileName: blob, sendersReference: blob, blob }];
    const content = { language: "nb", messageTitle: "Vedtak", messageBody: "Tekst", attachments };
    const correspondence = { resourceId: EXAMPLE_RESOURCE, sendersReference: blob, content };
    const message = JSON.stringify({ id: blob, correspondence, recipients });
    await storage.queues.getQueueClient(QUEUES.requests).sendMessage(message);
    const end = Date.now() + limitMs;
    while ((await lettersWith(altinnUrl, blob)) < recipients.length) {
      if (Date.now() > end) throw new Error(`${blob} was not sent in time:\n${log.slice(-20).join("\n")}`);
      await wait(500);
    }
    return await peakMemoryMB(functions.pid);
  } finally {
    await functions.stop();
  }
}

const letters = z.array(z.object({ files: z.array(z.object({ fileName: z.string() })) }));
const attachments = z.array(z.object({ fileName: z.string(), sha256: z.string().nullable() }));

/** How many letters have a file of that name. */
async function lettersWith(altinnUrl: string, fileName: string): Promise<number> {
  const response = await fetch(`${altinnUrl}/_control/correspondences`);
  return letters.parse(await response.json()).filter(({ files }) => files.some((file) => file.fileName === fileName))
    .length;
}

/** The SHA-256 of each file that the simulator was given, by name. */
async function filesOf(altinnUrl: string): Promise<Map<string, string | null>> {
  const response = await fetch(`${altinnUrl}/_control/attachments`);
  return new Map(attachments.parse(await response.json()).map(({ fileName, sha256 }) => [fileName, sha256]));
}

function printJson(peaks: Peaks, sizeMB: number): void {
  const extraPeakMB = Math.max(...Object.values(peaks).map(({ extra }) => extra));
  console.log(JSON.stringify({ extraPeakMB, smallMB: SMALL_MB, largeMB: sizeMB, ...peaks }));
}

function printTable(peaks: Peaks, sizeMB: number): void {
  console.log(`${"peak memory with an attachment of".padEnd(36)} ${SMALL_MB} MB  ${sizeMB} MB  difference`);
  for (const [way, { small, large, extra }] of Object.entries(peaks)) {
    console.log(`${way.padEnd(36)} ${small} MB  ${large} MB  ${extra} MB`);
  }
}
