// Request files: how `npm run send` and the local start read one and drop it on the queue, attachments first.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type BlobServiceClient, RestError } from "@azure/storage-blob";
import type { QueueServiceClient } from "@azure/storage-queue";
import { decodeMessage } from "../shared/requests/decode.ts";
import { requestDigest } from "../shared/requests/digest.ts";
import { field } from "../shared/requests/json.ts";
import { withCanonicalNames } from "../shared/requests/names.ts";
import { type CorrespondenceRequest, parseRequest } from "../shared/requests/parseRequest.ts";
import type { Problem } from "../shared/requests/problem.ts";
import { CONTAINERS, QUEUES } from "../shared/storage/names.ts";

/** A request as a file holds it. */
export interface RequestFile {
  readonly path: string;
  /** The file's text, which goes on the queue as it is. */
  readonly text: string;
  /** The producer's own id, or the request's digest; the app announces the request under it. */
  readonly requestId: string;
  /** The request, if it passes the check; otherwise what is wrong with it. */
  readonly request: CorrespondenceRequest | undefined;
  readonly problems: readonly Problem[];
}

/** Where requests are dropped. */
export interface Storage {
  readonly blobs: BlobServiceClient;
  readonly queues: QueueServiceClient;
}

/** What dropping a request came to. */
export interface Dropped {
  /** Paths of the attachments that were uploaded; those that were there already are left alone. */
  readonly uploaded: readonly string[];
}

/** A file that is no request, or none that fits a message. The message is for people. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
}

/** The largest text that a queue message can hold, in bytes. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/**
 * Reads a request file and checks it as the app will.
 * Rejects when the file can't be read or holds no JSON.
 *
 * @param newId an id to put in the place of the file's own, so that it is sent once more
 */
export async function readRequestFile(path: string, now: Date, newId?: string): Promise<RequestFile> {
  const content = await readFile(path).catch((error: unknown) => {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw new UnreadableFile(`${path}: ${code === "ENOENT" ? "there is no such file." : "it can't be read."}`);
  });
  const decoded = decodeMessage(content);
  if (!decoded.ok) throw new UnreadableFile(`${path}: ${decoded.problem.message}`);
  const value = newId === undefined ? decoded.value : withId(decoded.value, newId);
  const parsed = parseRequest(value, { environment: "tt02", now });
  const request = parsed.ok ? parsed.request : undefined;
  return {
    path,
    text: newId === undefined ? content.toString("utf8") : JSON.stringify(value),
    requestId: idOf(value) ?? requestDigest(value),
    request,
    problems: parsed.ok ? [] : parsed.problems,
  };
}

/** The id that the app will use too, whether the rest passes or not. */
function idOf(value: unknown): string | undefined {
  const id = field(withCanonicalNames(value), "id");
  return typeof id === "string" && id.length >= 1 && id.length <= 256 ? id : undefined;
}

function withId(value: unknown, id: string): unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value, id } : value;
}

/**
 * Uploads the attachments that stand next to the file and are not in storage yet, then drops the request, to live
 * until it is taken. Rejects with what storage says.
 */
export async function dropRequest(file: RequestFile, storage: Storage): Promise<Dropped> {
  if (Buffer.byteLength(file.text) > MAX_MESSAGE_BYTES) {
    throw new UnreadableFile(
      `${file.path}: larger than a queue message can be (64 KiB). Split its recipients over several requests.`,
    );
  }
  const uploaded: string[] = [];
  for (const { blob } of file.request?.attachments ?? []) {
    if (await uploadAttachment(dirname(file.path), blob, storage)) uploaded.push(blob);
  }
  await storage.queues.getQueueClient(QUEUES.requests).sendMessage(file.text, { messageTimeToLive: -1 });
  return { uploaded };
}

/** True when it was uploaded; false when no file of that path is at hand, or storage has one. */
async function uploadAttachment(directory: string, blob: string, storage: Storage): Promise<boolean> {
  const content = await readFirst([join(directory, "attachments", blob), join(directory, blob)]);
  if (content === undefined) return false;
  const container = storage.blobs.getContainerClient(CONTAINERS.attachments);
  try {
    await container.getBlockBlobClient(blob).uploadData(content, {
      blobHTTPHeaders: { blobContentMD5: createHash("md5").update(content).digest() },
      conditions: { ifNoneMatch: "*" },
    });
    return true;
  } catch (error) {
    if (error instanceof RestError && error.statusCode === 409) return false;
    throw error;
  }
}

async function readFirst(paths: readonly string[]): Promise<Buffer | undefined> {
  for (const path of paths) {
    const content = await readFile(path).catch(() => undefined);
    if (content !== undefined) return content;
  }
  return undefined;
}
