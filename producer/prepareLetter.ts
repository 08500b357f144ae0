// From what a producer gives to what goes into storage: where each attachment goes, and everything that is wrong.

import { isBlobPath } from "../shared/requests/blobPath.ts";
import { parseClaimCheck } from "../shared/requests/claimCheck.ts";
import { decodeMessage } from "../shared/requests/decode.ts";
import { requestDigest } from "../shared/requests/digest.ts";
import { field, isBlank, isObject, items, type JsonObject, text } from "../shared/requests/json.ts";
import { withCanonicalNames } from "../shared/requests/names.ts";
import { parseCancel } from "../shared/requests/parseCancel.ts";
import { parseRequest } from "../shared/requests/parseRequest.ts";
import { formatPath, type Problem } from "../shared/requests/problem.ts";
import type { RequestContext } from "../shared/requests/rules.ts";
import { pathOfSender } from "../shared/storage/names.ts";
import { queueText } from "../shared/storage/queues.ts";
import { sha256 } from "../shared/storage/tags.ts";
import type { AttachmentContent, ContentFault } from "./attachmentContent.ts";
import { sizeProblem } from "./dropText.ts";

/** Content by the attachment's `blob`, where the request says one, and otherwise by its `fileName`. */
export type GivenContent = Readonly<Record<string, AttachmentContent>>;

/** Bytes that have to be in storage before the request is. */
export interface Upload {
  /** The attachment's place in the request, for problems. */
  readonly at: string;
  /** The path in the container of attachments. */
  readonly path: string;
  readonly content: AttachmentContent;
  readonly checksum: string | undefined;
}

/** A letter that can be dropped once its attachments are uploaded. */
export interface PreparedLetter {
  /** The producer's id, or the digest of the request; announcements carry it. */
  readonly requestId: string;
  /** The request as JSON, with the paths of its attachments. */
  readonly text: string;
  readonly uploads: readonly Upload[];
}

/** A letter, or everything that is wrong with it; `warnings` are what Altinn would take and the sender may not mean. */
export type Prepared =
  | { readonly kind: "letter"; readonly letter: PreparedLetter; readonly warnings: readonly Problem[] }
  | { readonly kind: "refused"; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };

/**
 * Checks a request and gives each attachment with content a path of its own: `<hash of the request's id>/<file name>`.
 * The same request gives the same paths, so that a repeated send is the same letter; of a request without an id, its
 * content takes the id's place.
 *
 * @param faults what is wrong with the content given, by the same names
 */
export async function prepareLetter(
  request: unknown,
  given: GivenContent,
  faults: ReadonlyMap<string, ContentFault>,
  context: RequestContext,
): Promise<Prepared> {
  const decoded = decodeMessage(JSON.stringify(request) ?? "null");
  if (!decoded.ok) return { kind: "refused", problems: [decoded.problem], warnings: [] };
  if ((parseCancel(decoded.value) ?? parseClaimCheck(decoded.value)) !== undefined) {
    return { kind: "refused", problems: [problem("", "otherMessage")], warnings: [] };
  }
  const written = withCanonicalNames(decoded.value);
  const placed = placeAttachments(written, given, faults, context.sender);
  const message = queueText(placed.request);
  const parsed = await parseRequest(placed.request, context);
  const tooLarge = sizeProblem(message);
  const problems = [
    ...(parsed.ok ? [] : parsed.problems),
    ...placed.problems,
    ...(tooLarge === undefined ? [] : [tooLarge]),
  ];
  const { warnings } = parsed;
  if (!parsed.ok || problems.length > 0) return { kind: "refused", problems, warnings };
  const requestId = parsed.request.id ?? requestDigest(placed.request);
  return { kind: "letter", letter: { requestId, text: message, uploads: placed.uploads }, warnings };
}

interface Placed {
  readonly request: unknown;
  readonly uploads: readonly Upload[];
  readonly problems: readonly Problem[];
}

function placeAttachments(
  request: unknown,
  given: GivenContent,
  faults: ReadonlyMap<string, ContentFault>,
  sender: string | undefined,
): Placed {
  const letter = field(request, "correspondence");
  const content = field(letter, "content");
  const attachments = items(field(content, "attachments"));
  const unused = new Set(Object.keys(given));
  const used = new Set<string>();
  const uploads: Upload[] = [];
  const problems: Problem[] = [];
  const folder = pathOfSender(sha256(text(field(request, "id")) ?? requestDigest(request)), sender);

  const placed = attachments.map((attachment, index) => {
    const named = text(field(attachment, "blob")) ?? text(field(attachment, "fileName"));
    const bytes = named === undefined || !Object.hasOwn(given, named) ? undefined : given[named];
    if (!isObject(attachment) || named === undefined || bytes === undefined) return attachment;
    const at = formatPath(["correspondence", "content", "attachments", index]);
    if (used.has(named)) problems.push(problem(at, "ambiguousContent"));
    const fault = faults.get(named);
    if (fault !== undefined) problems.push(problem(at, fault));
    used.add(named);
    unused.delete(named);
    const path = text(field(attachment, "blob")) ?? pathIn(folder, named, index);
    const checksum = text(field(attachment, "checksum")) ?? "";
    uploads.push({ at, path, content: bytes, checksum: isBlank(checksum) ? undefined : checksum });
    return { ...attachment, blob: path };
  });
  if (unused.size > 0) problems.push(problem("correspondence.content.attachments", "unusedContent"));
  if (uploads.length === 0 || !isObject(request) || !isObject(letter) || !isObject(content)) {
    return { request, uploads, problems };
  }
  const withPaths: JsonObject = {
    ...request,
    correspondence: { ...letter, content: { ...content, attachments: placed } },
  };
  return { request: withPaths, uploads, problems };
}

// A file name that Altinn takes can hold characters that a path may not.
function pathIn(folder: string, fileName: string, index: number): string {
  const path = `${folder}/${fileName}`;
  return isBlobPath(path) && !fileName.includes("/") ? path : `${folder}/${index}`;
}

const messages = {
  otherMessage: "Holds cancel or requestBlob, which no request does. To take a letter back, call cancel.",
  ambiguousContent:
    "Is named like another attachment, so that it is open whose content was given. Give each a blob, and name it by that.",
  unusedContent: "Content was given for a file that no attachment names. Name it by the attachment's blob or fileName.",
  missingFile: "There is no such local file, or it can't be read.",
  emptyFile: "Is empty, which Altinn refuses.",
  otherFile:
    "Another file is in storage under this path, and is left alone. Give the request an id of its own, or the attachment another blob.",
  checksumMismatch: "The checksum is not that of the bytes.",
} as const;

/** A broken rule of attachments' content. */
export function problem(path: string, rule: keyof typeof messages): Problem {
  return { path, rule, message: messages[rule] };
}
