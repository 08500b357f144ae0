// The rules between fields that are about attachments, new and existing.
import { dataLocationTypes, enumNumber } from "./enumeration.ts";
import { field, items } from "./json.ts";
import type { Finding, Path } from "./problem.ts";
import { wholeDays } from "./schemaAttachments.ts";

const maxAttachments = 100;
const dayInMs = 86_400_000;

/**
 * @param context the environment sets the fewest days that a file must live; now, how many there can be
 * @param latest the last instant that Altinn's clock knows; a file that lived longer would make it fail for ever
 */
export function attachmentRules(
  request: unknown,
  context: { readonly environment: "tt02" | "production"; readonly now: Date },
  latest: number,
): Finding[] {
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
    const days = wholeDays(field(attachment, "expirationInDays"));
    const daysPath = [...path, index, "expirationInDays"];
    const least = context.environment === "production" ? 14 : 1;
    if (days !== undefined && days < least) {
      findings.push({
        path: daysPath,
        rule: "minExpiration",
        message: `Must be at least ${least} in this environment.`,
      });
    }
    if (days !== undefined && days > (latest - context.now.getTime()) / dayInMs) {
      findings.push({ path: daysPath, rule: "maxExpiration", message: "Is beyond the year 9999. Choose fewer days." });
    }
  }
  return findings;
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
    const message = "Files in external storage can't be sent. Put the file into the container and name it in blob.";
    return [{ path: [...path, "dataLocationType"], rule: "dataLocationType", message }];
  }
  const message = "Is missing: put the file into the container correspondence-attachments and name its path here.";
  return [{ path: [...path, "blob"], rule: "required", message }];
}
