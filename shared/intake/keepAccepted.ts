// Keeps a request whole as an accepted request, from which later attempts go on.
import type { LetterFile } from "../attachments/files.ts";
import type { AcceptedRequest } from "../records/acceptedRequest.ts";
import type { RequestRecord } from "../records/requestRecord.ts";
import { field } from "../requests/json.ts";
import { withCanonicalNames } from "../requests/names.ts";
import type { IntakeContext } from "./context.ts";

/**
 * Keeps the request whole, with the versions of its attachments; the first to do so settles them.
 *
 * @param checked the files that this invocation has looked at: those versions, whatever stands there by now
 */
export async function keepAccepted(
  context: IntakeContext,
  request: Pick<RequestRecord, "requestId" | "digest">,
  message: unknown,
  checked: readonly LetterFile[] = [],
): Promise<void> {
  const accepted: AcceptedRequest = {
    version: 1,
    requestId: request.requestId,
    digest: request.digest,
    acceptedAt: context.clock.now(),
    message,
    attachmentEtags: { ...(await etagsOf(context, message)), ...pinnedIn(checked) },
  };
  await context.store.accepted.create(request.digest, accepted);
}

function pinnedIn(checked: readonly LetterFile[]): Record<string, string> {
  return Object.fromEntries(checked.map(({ blob, etag }) => [blob, etag]));
}

async function etagsOf(context: IntakeContext, message: unknown): Promise<Record<string, string>> {
  const named = withCanonicalNames(message);
  const attachments = field(field(field(named, "correspondence"), "content"), "attachments");
  const blobs = (Array.isArray(attachments) ? attachments : []).map((attachment) => field(attachment, "blob"));
  const used = await Promise.all(
    blobs.map(async (blob) => [blob, typeof blob === "string" ? await context.attachments.use(blob) : undefined]),
  );
  return Object.fromEntries(used.filter(([, etag]) => etag !== undefined));
}
