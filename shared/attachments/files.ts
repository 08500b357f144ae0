// The files of a request: checked against their blobs before a byte is sent.

import type { Problem } from "../records/dispatchRecord.ts";
import type { CorrespondenceRequest } from "../requests/parseRequest.ts";
import { CONTAINERS } from "../storage/names.ts";
import type { AttachmentBlobs } from "./attachmentBlobs.ts";

/** A file that is ready to go. */
export interface LetterFile {
  readonly blob: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly etag: string;
  /** MD5 in lower case hex: the producer's, or else that of the blob, where it tells. */
  readonly checksum?: string;
}

/** The files of a request as they are in their blobs, or what is wrong with the first that is not as it should be. */
export type FoundFiles =
  /** `request` with the checksum of each file that its blob knows. */
  | { readonly kind: "files"; readonly files: readonly LetterFile[]; readonly request: CorrespondenceRequest }
  | { readonly kind: "problem"; readonly problem: Problem };

/** The most that Altinn takes by multipart: 2 GB a file, in decimal (Altinn Correspondence, "Initialize and upload"). */
const MAX_MULTIPART_BYTES = 2_000_000_000;

/** The most that Altinn takes in an upload of its own: 50 GB, in decimal. */
const MAX_UPLOAD_BYTES = 50_000_000_000;

/**
 * Looks at the blob of every attachment. One that is missing, empty, too large, another than when the request was
 * accepted, or not what the producer's checksum says, is a problem that names its path in the request.
 */
export async function findFiles(
  blobs: AttachmentBlobs,
  request: CorrespondenceRequest,
  pinnedEtags: Readonly<Record<string, string>> = {},
): Promise<FoundFiles> {
  const found = await Promise.all(request.attachments.map((_, index) => findFile(blobs, request, index, pinnedEtags)));
  const files: LetterFile[] = [];
  for (const one of found) {
    if (one.kind === "problem") return one;
    files.push(one.file);
  }
  return { kind: "files", files, request: withChecksums(request, files) };
}

/** One file likewise. */
export type FoundFile =
  | { readonly kind: "file"; readonly file: LetterFile }
  | { readonly kind: "problem"; readonly problem: Problem };

/** Looks at the blob of one attachment. */
export async function findFile(
  blobs: AttachmentBlobs,
  request: CorrespondenceRequest,
  index: number,
  pinnedEtags: Readonly<Record<string, string>> = {},
): Promise<FoundFile> {
  const attachment = request.attachments[index];
  if (!attachment) throw new RangeError(`The request has no attachment ${index}`);
  const problem = (reason: Problem["reason"], detail: string): FoundFile => ({
    kind: "problem",
    problem: { reason, detail: `correspondence.content.attachments[${index}].${detail}` },
  });
  const found = await blobs.look(attachment.blob);
  if (!found) {
    const isNamed = attachment.blob.startsWith(`${CONTAINERS.attachments}/`);
    const remedy = isNamed ? "leave the container's name out of the path" : "put it there before the message";
    return problem("attachmentMissing", `blob: there is no such blob in ${CONTAINERS.attachments}; ${remedy}`);
  }
  const pinned = pinnedEtags[attachment.blob];
  if (pinned !== undefined && pinned !== found.etag) {
    return problem("attachmentMissing", "blob: it was changed after the request was accepted");
  }
  if (found.sizeBytes === 0) return problem("attachmentRefused", "blob: it is empty, which Altinn refuses");
  if (found.sizeBytes > MAX_UPLOAD_BYTES) return problem("attachmentRefused", "blob: it is larger than 50 GB");
  const given = attachment.checksum;
  if (given && found.md5 && given !== found.md5) {
    return problem("checksumMismatch", "checksum: it is not that of the blob");
  }
  const checksum = given ? given : found.md5;
  return {
    kind: "file",
    file: {
      blob: attachment.blob,
      fileName: attachment.fileName,
      sizeBytes: found.sizeBytes,
      etag: found.etag,
      ...(checksum === undefined ? {} : { checksum }),
    },
  };
}

/** True if a file is too large to go along with a letter. */
export function hasLargeFile(found: FoundFiles): boolean {
  return found.kind === "files" && found.files.some(({ sizeBytes }) => sizeBytes > MAX_MULTIPART_BYTES);
}

function withChecksums(request: CorrespondenceRequest, files: readonly LetterFile[]): CorrespondenceRequest {
  const attachments = (request.correspondence.content.attachments ?? []).map((attachment, index) => {
    const checksum = files[index]?.checksum;
    return checksum === undefined ? attachment : { ...attachment, checksum };
  });
  const content = { ...request.correspondence.content, attachments };
  return { ...request, correspondence: { ...request.correspondence, content } };
}
