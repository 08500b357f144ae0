// A file that is to become an attachment: looked at, judged by the rules of requests, and its MD5 counted, all before a
// call is made.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { z } from "zod";
import { type AttachmentContext, expirationRules } from "../shared/requests/attachmentRules.ts";
import { field } from "../shared/requests/json.ts";
import { toFinding } from "../shared/requests/messages.ts";
import type { Finding } from "../shared/requests/problem.ts";
import { contentAttachmentFields, wholeDays } from "../shared/requests/schemaAttachments.ts";
import { resourceId } from "../shared/settings/settingFormats.ts";

/** What the command line says of an attachment, as it was written. */
export interface AttachmentOptions {
  readonly resource: string;
  readonly displayName?: string | undefined;
  /** Default: the file's name. */
  readonly sendersReference?: string | undefined;
  readonly expiresInDays?: string | undefined;
}

/** A file that may go to Altinn. */
export interface AttachmentFile {
  readonly path: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  /** MD5, 32 hexadecimal digits in lower case. */
  readonly checksum: string;
  /** The body of `POST /attachment`. */
  readonly body: object;
}

/** A file that will not go to Altinn, as it is or as it is described. The message is for people. */
export class RefusedFile extends Error {
  override readonly name = "RefusedFile";
}

/** The most that Altinn takes as an attachment of its own: 50 GB (Altinn Correspondence, "Upload attachment"). */
const MAX_BYTES = 50_000_000_000;

const metadataSchema = z.object({
  fileName: contentAttachmentFields.fileName,
  displayName: contentAttachmentFields.displayName,
  sendersReference: contentAttachmentFields.sendersReference,
  expirationInDays: contentAttachmentFields.expirationInDays,
});

/** Which option a field comes from. */
const OPTIONS: Readonly<Record<string, string>> = {
  fileName: "the file's name",
  displayName: "--display-name",
  sendersReference: "--senders-reference",
  expirationInDays: "--expires-in-days",
};

/** Reads a file through, without keeping it. Rejects with a RefusedFile, and with an AbortError when `signal` says so. */
export async function readAttachmentFile(
  path: string,
  options: AttachmentOptions,
  context: AttachmentContext,
  signal: AbortSignal,
): Promise<AttachmentFile> {
  const sizeBytes = await sizeOf(path);
  const fileName = basename(path);
  const metadata = {
    fileName,
    displayName: options.displayName,
    sendersReference: options.sendersReference ?? fileName,
    expirationInDays: options.expiresInDays,
  };
  const resource = resourceId.safeParse(options.resource);
  const problems = problemsOf(metadata, context);
  if (!resource.success) problems.push("--resource: Is no id of a resource.");
  if (problems.length > 0) throw new RefusedFile([`${path}: refused`, ...problems].join("\n  "));
  const checksum = await md5Of(path, signal);
  const { expirationInDays: days, ...rest } = metadata;
  const body = { ...rest, resourceId: resource.data, isEncrypted: false, checksum, expirationInDays: wholeDays(days) };
  return { path, fileName, sizeBytes, checksum, body };
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((error: unknown) => {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new RefusedFile(`${path}: ${missing ? "there is no such file." : "it can't be read."}`);
  });
  if (!found.isFile()) throw new RefusedFile(`${path}: it is no file.`);
  if (found.size === 0) throw new RefusedFile(`${path}: it is empty, which Altinn refuses.`);
  if (found.size > MAX_BYTES) {
    throw new RefusedFile(`${path}: it is larger than 50 GB, the most that Altinn takes. Split it into several files.`);
  }
  return found.size;
}

function problemsOf(metadata: object, context: AttachmentContext): string[] {
  const parsed = metadataSchema.safeParse(metadata);
  const findings: Finding[] = (parsed.error?.issues ?? []).map((issue) =>
    toFinding(issue, field(metadata, String(issue.path[0]))),
  );
  findings.push(...expirationRules(metadata, [], context));
  return [...new Set(findings.map(({ path, message }) => `${OPTIONS[String(path[0])] ?? path[0]}: ${message}`))];
}

async function md5Of(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("md5");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024, signal })) hash.update(chunk);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new RefusedFile(`${path}: it can't be read.`);
  }
  return hash.digest("hex");
}
