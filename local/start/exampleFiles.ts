// The attachments that the examples and the README name, put where the app looks for them.
import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { BlobServiceClient } from "@azure/storage-blob";
import { uploadAttachment } from "../../producer/uploadAttachment.ts";

const FOLDER = fileURLToPath(new URL("../../examples/attachments", import.meta.url));

/** Uploads what is not in storage yet: then a letter that names one of them can be dropped by hand. */
export async function putExampleFiles(blobs: BlobServiceClient): Promise<void> {
  const entries = await readdir(FOLDER, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const file = join(entry.parentPath, entry.name);
    await uploadAttachment(blobs, relative(FOLDER, file).split(sep).join("/"), { file });
  }
}
