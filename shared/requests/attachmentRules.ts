// The rules between fields that are about attachments, new and existing.
import { lastTick, ticksAt, ticksInDay, ticksOf } from "./dateTime.ts";
import { dataLocationTypes, enumNumber } from "./enumeration.ts";
import { field, items, text } from "./json.ts";
import { maxAttachments } from "./listLimits.ts";
import type { Finding, Path } from "./problem.ts";
import { wholeDays } from "./schemaAttachments.ts";

/** The environment sets the fewest days that a file must live; now, how many there can be. */
export interface AttachmentContext {
  readonly environment: "tt02" | "production";
  readonly now: Date;
}

/** Every broken rule about the attachments of a request with canonical names. */
export function attachmentRules(request: unknown, context: AttachmentContext): Finding[] {
  const path: Path = ["correspondence", "content", "attachments"];
  const added = items(field(field(field(request, "correspondence"), "content"), "attachments"));
  const existing = items(field(request, "existingAttachments"));
  const findings: Finding[] = [];
  if (added.length + existing.length > maxAttachments) {
    const message = `Too many attachments: at most ${maxAttachments} in all, new and existing together.`;
    findings.push({ path: added.length > 0 ? path : ["existingAttachments"], rule: "maxAttachments", message });
  }
  for (const [index, attachment] of added.entries()) {
    findings.push(...blobRule(attachment, [...path, index]));
    findings.push(...expirationRules(attachment, [...path, index], context, publishTicks(request)));
  }
  return findings;
}

/** When the letter asks to be published, in ticks (`ticksOf`); undefined when it does not, or in no form that counts. */
export function publishTicks(request: unknown): bigint | undefined {
  return ticksOf(text(field(field(request, "correspondence"), "requestedPublishTime")) ?? "");
}

/**
 * How long an attachment may live, from now or from its letter's publish time, whichever is later. One that lived past
 * the last instant of Altinn's clock would make it fail for ever.
 */
export function expirationRules(
  attachment: unknown,
  path: Path,
  { environment, now }: AttachmentContext,
  publish: bigint = 0n,
): Finding[] {
  const days = wholeDays(field(attachment, "expirationInDays"));
  if (days === undefined) return [];
  const at = [...path, "expirationInDays"];
  const least = environment === "production" ? 14 : 1;
  if (days < least) {
    return [{ path: at, rule: "minExpiration", message: `Must be at least ${least} in this environment.` }];
  }
  const begin = ticksAt(now.getTime());
  if ((publish > begin ? publish : begin) + BigInt(days) * ticksInDay > lastTick) {
    return [{ path: at, rule: "maxExpiration", message: "Is beyond the year 9999. Choose fewer days." }];
  }
  return [];
}

// Altinn wants a file for every attachment in the list (1005), whatever location is written there.
function blobRule(attachment: unknown, path: Path): Finding[] {
  if (field(attachment, "blob") !== undefined) return [];
  const location = enumNumber(field(attachment, "dataLocationType"), dataLocationTypes);
  if (location === dataLocationTypes.ExistingCorrespondenceAttachment) {
    const message = "Name attachments that Altinn has already in existingAttachments.";
    return [{ path: [...path, "dataLocationType"], rule: "dataLocationType", message }];
  }
  if (location === dataLocationTypes.ExistingExternalStorage) {
    const message =
      "Altinn takes no files in external storage with a letter. Link to the file, in the body or in replyOptions; or " +
      "upload it to Altinn first (npm run attachment -- upload) and name its id in existingAttachments.";
    return [{ path: [...path, "dataLocationType"], rule: "dataLocationType", message }];
  }
  const message = "Is missing: put the file into the container correspondence-attachments and name its path here.";
  return [{ path: [...path, "blob"], rule: "required", message }];
}
