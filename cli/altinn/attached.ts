// Files that `send --attach` puts along with a letter: looked at, and uploaded where the app fetches them.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { asking } from "../../producer/storageFailure.ts";
import { uploadAttachment } from "../../producer/uploadAttachment.ts";
import type { JsonObject } from "../../shared/requests/json.ts";
import type { StorageClients } from "../../shared/storage/clients.ts";
import { CONTAINERS, pathOfSender } from "../../shared/storage/names.ts";
import { whyUnreadable } from "../../terminal/givenFile.ts";
import { UnreadableFile } from "../../terminal/requestFile.ts";

/** A file that goes along. */
export interface Attached {
  readonly path: string;
  /** As the request names it: a new attachment, with the path of its blob. */
  readonly attachment: JsonObject & { readonly blob: string };
}

/**
 * Reads a file through, without keeping it. Its blob is named after its bytes: so the same command, given again, drops the
 * very same request, which is a duplicate and no second letter.
 * Rejects with an UnreadableFile: for what can't be read, and for an empty file.
 * @param sender the sender on whose own queue the letter goes, if it goes on one
 */
export async function readAttached(path: string, sender?: string): Promise<Attached> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
      hash.update(chunk);
      sizeBytes += chunk.length;
    }
  } catch (error) {
    throw new UnreadableFile(`${path}: ${whyUnreadable(path, error)}`);
  }
  if (sizeBytes === 0) throw new UnreadableFile(`${path}: It is empty, which Altinn refuses.`);
  const name = basename(path);
  const blob = pathOfSender(`attached/${hash.digest("hex")}`, sender);
  return { path, attachment: { fileName: name, sendersReference: name, blob } };
}

/** Uploads it, unless it is there. True if it was uploaded. Rejects with a StorageFailure, or an UnreadableFile. */
export async function uploadAttached({ path, attachment }: Attached, { blobs }: StorageClients): Promise<boolean> {
  const { kind } = await asking(`Uploading an attachment to the container ${CONTAINERS.attachments}`, () =>
    uploadAttachment(blobs, attachment.blob, { file: path }),
  );
  if (kind === "uploaded" || kind === "thereAlready") return kind === "uploaded";
  throw new UnreadableFile(`${path}: It was changed while it was read. Send it again.`);
}
