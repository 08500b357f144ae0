// The rules between fields: each looks only at the fields it is about, so that all of them speak at once.
import { withoutResourcePrefix } from "../altinn/wire.ts";
import { attachmentRules, publishTicks } from "./attachmentRules.ts";
import { lastTick, ticksAt, ticksInDay, ticksOf } from "./dateTime.ts";
import { depthRule } from "./depthRule.ts";
import { formRules } from "./formRules.ts";
import { field, isObject, items, text } from "./json.ts";
import { notificationRules } from "./notificationRules.ts";
import { plainTextRules } from "./plainText.ts";
import type { Finding, Problem } from "./problem.ts";
import { canonicalRecipient, isLegacyUser } from "./recipients.ts";
import { referenceRules } from "./referenceRules.ts";
import type { UnknownFieldPolicy } from "./unknownFields.ts";

/** What a request is judged against, besides itself. */
export interface RequestContext {
  readonly environment: "tt02" | "production";
  readonly now: Date;
  /** Ids of the resources that may be used, without prefix; any when left out. */
  readonly resources?: ReadonlySet<string> | undefined;
  /** Queues that a request may name as `statusQueue`; any when left out. */
  readonly statusQueues?: ReadonlySet<string> | undefined;
  /** The sender whose own queue it came on: what it names must be that sender's. */
  readonly sender?: string | undefined;
  /** What is done about fields that are not known; `refuse-near` when left out. */
  readonly unknownFields?: UnknownFieldPolicy | undefined;
}

/** All broken rules between the fields of a request with canonical names; it need not fulfil the schema. */
export async function findBetweenFields(request: unknown, context: RequestContext): Promise<Finding[]> {
  return [
    ...(await plainTextRules(request)),
    ...resourceRules(request, context),
    ...dateRules(request, context.now),
    ...confidentialRules(request, context),
    ...recipientRules(request),
    ...attachmentRules(request, context),
    ...referenceRules(request),
    ...(await notificationRules(request)),
    ...formRules(request),
    ...depthRule(request),
    ...statusQueueRules(request, context),
    ...ownBlobRules(request, context),
  ];
}

function resourceRules(request: unknown, { resources, sender }: RequestContext): Finding[] {
  const resourceId = text(field(field(request, "correspondence"), "resourceId"));
  if (resourceId === undefined || resources === undefined) return [];
  if (resources.has(withoutResourcePrefix(resourceId))) return [];
  const message =
    sender === undefined
      ? "Is not among the resources that this app may send on (setting ALTINN_RESOURCES)."
      : `Is not a resource of the sender ${sender}, whose queue this came on (setting SENDERS).`;
  return [{ path: ["correspondence", "resourceId"], rule: "resourceNotAllowed", message }];
}

function statusQueueRules(request: unknown, { statusQueues, sender }: RequestContext): Finding[] {
  const queue = text(field(request, "statusQueue"));
  if (queue === undefined || statusQueues === undefined || statusQueues.has(queue)) return [];
  const message =
    sender === undefined
      ? "Is not among the queues that requests may name (setting STATUS_QUEUES)."
      : `Is not the statusQueue of the sender ${sender}, whose queue this came on (setting SENDERS).`;
  return [{ path: ["statusQueue"], rule: "statusQueueNotAllowed", message }];
}

/** Producers of several senders put their files into one container: on its own queue each names those of its own folder. */
function ownBlobRules(request: unknown, { sender }: RequestContext): Finding[] {
  if (sender === undefined) return [];
  const path = ["correspondence", "content", "attachments"];
  const attachments = items(field(field(field(request, "correspondence"), "content"), "attachments"));
  return attachments.flatMap((attachment, index) => {
    const blob = text(field(attachment, "blob"));
    if (blob === undefined || isOwnBlob(blob, sender)) return [];
    return [{ path: [...path, index, "blob"], ...blobOfAnother(sender) }];
  });
}

/** What is wrong with the blob that a claim check on a sender's own queue names; `undefined` if nothing is, or the queue is shared. */
export function claimedBlobProblem(path: string, sender: string | undefined): Problem | undefined {
  if (sender === undefined || isOwnBlob(path, sender)) return undefined;
  return { path: "requestBlob", ...blobOfAnother(sender) };
}

/** Whether a blob is in a sender's own folder. */
function isOwnBlob(path: string, sender: string): boolean {
  return path.startsWith(`${sender}/`);
}

/** What is wrong with one that is not. */
function blobOfAnother(sender: string): Pick<Problem, "rule" | "message"> {
  const message = `Is not in the folder ${sender}/: what comes on this sender's queue may name no other's blobs.`;
  return { rule: "blobOfAnother", message };
}

function dateRules(request: unknown, now: Date): Finding[] {
  const letter = field(request, "correspondence");
  const written = field(letter, "dueDateTime");
  const path = ["correspondence", "dueDateTime"];
  if (field(letter, "isConfirmationNeeded") === true && (written === undefined || written === null)) {
    return [{ path, rule: "dueDateRequired", message: "Is required when isConfirmationNeeded is true." }];
  }
  const due = ticksOf(text(written) ?? "");
  const publish = publishTicks(request);
  if (due === undefined) return [];
  const findings: Finding[] = [];
  if (due <= ticksAt(now.getTime())) findings.push({ path, rule: "dueDateInPast", message: "Must be in the future." });
  if (publish !== undefined && due < publish) {
    findings.push({ path, rule: "dueDateBeforePublish", message: "Must not be before requestedPublishTime." });
  }
  return findings;
}

// Altinn looks after a confidential letter that nobody opens: in production after a week, in test after a minute.
function confidentialRules(request: unknown, { environment }: RequestContext): Finding[] {
  const publish = publishTicks(request);
  if (publish === undefined || field(field(request, "correspondence"), "isConfidential") !== true) return [];
  const wait = environment === "production" ? 7n * ticksInDay : ticksAt(60_000);
  if (publish + wait <= lastTick) return [];
  const message = "Is so late that Altinn's reminder of a confidential letter would be beyond the year 9999.";
  return [{ path: ["correspondence", "requestedPublishTime"], rule: "maxPublishTime", message }];
}

function recipientRules(request: unknown): Finding[] {
  const recipients = items(field(request, "recipients"));
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const [index, recipient] of recipients.entries()) {
    if (typeof recipient !== "string") continue;
    const canonical = canonicalRecipient(recipient);
    if (seen.has(canonical)) {
      const message = "Is named before, perhaps in another form. Name each recipient once.";
      findings.push({ path: ["recipients", index], rule: "duplicateRecipient", message });
    }
    seen.add(canonical);
  }
  const key = field(request, "idempotentKey");
  if (typeof key === "string" && recipients.length > 1) {
    const message = "Is allowed with one recipient only. Leave it out: each recipient's key is derived.";
    findings.push({ path: ["idempotentKey"], rule: "oneRecipient", message });
  }
  if (typeof key === "string" && /^[0-]+$/.test(key)) {
    findings.push({ path: ["idempotentKey"], rule: "emptyUuid", message: "May not be the UUID of zeros." });
  }
  return [...findings, ...recipientNameRules(request, recipients)];
}

// Altinn answers 500 for ever when it is to fill in the name of a user of the old kind.
function recipientNameRules(request: unknown, recipients: readonly unknown[]): Finding[] {
  if (!recipients.some((recipient) => typeof recipient === "string" && isLegacyUser(recipient))) return [];
  const content = field(field(request, "correspondence"), "content");
  if (!isObject(content)) return [];
  return ["messageTitle", "messageSummary", "messageBody"]
    .filter((name) => text(content[name])?.includes("{{recipientName}}") === true)
    .map((name) => ({
      path: ["correspondence", "content", name],
      rule: "recipientName",
      message: "Contains {{recipientName}}, which Altinn can't fill in for a legacy-selfidentified user.",
    }));
}
