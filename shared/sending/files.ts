// The files of a request: checked against their blobs before a byte is sent.
import type { CorrespondenceRequest } from "../requests/parseRequest.ts";
import type { AttachmentBlobs } from "./attachmentBlobs.ts";
import type { Problem } from "./dispatchRecord.ts";

/** A file that is ready to go. */
export interface LetterFile {
  readonly blob: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly etag: string;
}

export type FoundFiles =
  /** `request` with the checksum of each file that its blob knows. */
  | { readonly kind: "files"; readonly files: readonly LetterFile[]; readonly request: CorrespondenceRequest }
  | { readonly kind: "problem"; readonly problem: Problem };

/** The most that Altinn takes by multipart: 2 GB a file (Altinn Correspondence, "Initialize and upload"). */
const MAX_MULTIPART_BYTES = 2 * 1024 * 1024 * 1024;

/**
 * Looks at the blob of every attachment. One that is missing, empty, too large, another than when the request was
 * accepted, or not what the producer's checksum says, is a problem that names its path in the request.
 */
export async function findFiles(
  blobs: AttachmentBlobs,
  request: CorrespondenceRequest,
  pinnedEtags: Readonly<Record<string, string>> = {},
): Promise<FoundFiles> {
  const looked = await Promise.all(request.attachments.map(({ blob }) => blobs.look(blob)));
  const files: LetterFile[] = [];
  const checksums: (string | undefined)[] = [];
  for (const [index, attachment] of request.attachments.entries()) {
    const path = `correspondence.content.attachments[${index}]`;
    const found = looked[index];
    const problem = (reason: Problem["reason"], detail: string): FoundFiles => ({
      kind: "problem",
      problem: { reason, detail: `${path}.${detail}` },
    });
    if (!found) return problem("attachmentMissing", "blob: there is no such blob in correspondence-attachments");
    const pinned = pinnedEtags[attachment.blob];
    if (pinned !== undefined && pinned !== found.etag) {
      return problem("attachmentMissing", "blob: it was changed after the request was accepted");
    }
    if (found.sizeBytes === 0) return problem("attachmentRefused", "blob: it is empty, which Altinn refuses");
    if (found.sizeBytes > MAX_MULTIPART_BYTES) return problem("attachmentRefused", "blob: it is larger than 2 GB");
    const given = attachment.checksum;
    if (given && found.md5 && given !== found.md5) {
      return problem("checksumMismatch", "checksum: it is not that of the blob");
    }
    checksums.push(given ? given : found.md5);
    files.push({ blob: attachment.blob, fileName: attachment.fileName, sizeBytes: found.sizeBytes, etag: found.etag });
  }
  return { kind: "files", files, request: withChecksums(request, checksums) };
}

function withChecksums(
  request: CorrespondenceRequest,
  checksums: readonly (string | undefined)[],
): CorrespondenceRequest {
  const attachments = (request.correspondence.content.attachments ?? []).map((attachment, index) => {
    const checksum = checksums[index];
    return checksum === undefined ? attachment : { ...attachment, checksum };
  });
  const content = { ...request.correspondence.content, attachments };
  return { ...request, correspondence: { ...request.correspondence, content } };
}
