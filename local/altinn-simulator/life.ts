// What happens to letters and files as time goes: scans, publishing, what recipients do, due dates, purges.

import { randomUUID } from "node:crypto";
import { emit, emitLetter } from "./events.ts";
import { type LifeRule, parseLifeRule } from "./lifeRule.ts";
import { channels } from "./rules/notifications.ts";
import { lookUp } from "./rules/recipients.ts";
import type { Action, Attachment, Correspondence } from "./state.ts";
import { type AttachmentStatusEntry, hasBeen, isPurged, type StatusName } from "./statuses.ts";
import type { World } from "./world.ts";

/** Adds a status; its text is its name unless another is given. */
export function addStatus(letter: Correspondence, status: StatusName, at: number, text: string = status): void {
  letter.statuses.push({ status, text, at });
}

/** Adds a status to a file. */
export function addAttachmentStatus(
  attachment: Attachment,
  status: AttachmentStatusEntry["status"],
  at: number,
  text: string = status,
): void {
  attachment.statuses.push({ status, text, at });
}

/** The current status of a file. */
export function attachmentStatus(attachment: Attachment): AttachmentStatusEntry {
  const last = attachment.statuses.at(-1);
  if (last === undefined) throw new Error("an attachment has at least one status");
  return last;
}

/** The scan of a file ends: it is published, or failed with its letters. Letters that waited for it become ready. */
export function finishScan(world: World, at: number, attachmentId: string): void {
  const attachment = world.attachments.get(attachmentId);
  if (attachment === undefined || attachmentStatus(attachment).status !== "UploadProcessing") return;
  const happening = { source: "attachment", resourceId: attachment.resourceId, instance: attachment.id } as const;
  const letters = attachment.correspondenceIds
    .map((id) => world.correspondences.get(id))
    .filter((letter) => letter !== undefined);
  if (attachment.infected) {
    addAttachmentStatus(attachment, "Failed", at, "Malware scan failed: Malicious");
    emit(world, at, { ...happening, type: "attachmentuploadfailed" });
    for (const letter of letters) if (!hasBeen(letter.statuses, "Published", "Failed")) addStatus(letter, "Failed", at);
    return;
  }
  addAttachmentStatus(attachment, "Published", at);
  emit(world, at, { ...happening, type: "attachmentpublished" });
  for (const letter of letters) {
    const waiting = !hasBeen(letter.statuses, "ReadyForPublish", "Failed", "Reserved") && !isPurged(letter.statuses);
    if (!waiting || !allPublished(world, letter.attachmentIds)) continue;
    addStatus(letter, "ReadyForPublish", at);
    schedulePublish(world, at, letter);
  }
}

/** True when every file is published. */
export function allPublished(world: World, attachmentIds: readonly string[]): boolean {
  return attachmentIds.every((id) => {
    const attachment = world.attachments.get(id);
    return attachment !== undefined && attachmentStatus(attachment).status === "Published";
  });
}

/** Puts the publishing of a letter on the agenda: a while after the time that was asked for, or after now. */
export function schedulePublish(world: World, at: number, letter: Correspondence): void {
  const from = Math.max(at, letter.requestedPublishTime);
  world.schedule(from + world.options.publishMs, { kind: "publish", correspondenceId: letter.id });
}

/** Publishes a letter that is ready; a recipient who is reserved makes it fail instead. */
export function publish(world: World, at: number, correspondenceId: string): void {
  const letter = world.correspondences.get(correspondenceId);
  if (letter === undefined || isPurged(letter.statuses) || hasBeen(letter.statuses, "Published", "Failed")) return;
  if (hasBeen(letter.statuses, "Reserved")) {
    const register = "kontakt- og reserverasjonsregisteret ('KRR')";
    fail(world, at, letter, `Recipient of ${letter.id} has been set to reserved in ${register}`);
    return;
  }
  addStatus(letter, "Published", at);
  notify(world, at, letter);
  emitLetter(world, at, letter, "correspondencepublished", letter.recipient);
  for (const step of takeLifeRule(world, letter)) {
    world.schedule(at + step.afterMs, { kind: "act", correspondenceId: letter.id, action: step.action });
  }
}

/** What the recipient does with the letter; a rule that is for so many letters has one less to go. */
function takeLifeRule(world: World, { recipient }: Correspondence): LifeRule {
  const { lifeRules, lifeRuleLetters } = world.state;
  const rule = lifeRules[recipient] ?? world.options.lifeRule;
  const letters = lifeRuleLetters[recipient];
  if (letters !== undefined && letters > 1) lifeRuleLetters[recipient] = letters - 1;
  else if (letters !== undefined) removeLifeRule(world, recipient);
  return parseLifeRule(rule);
}

/** The recipient does again what all others do. */
export function removeLifeRule({ state }: World, recipient: string): void {
  delete state.lifeRules[recipient];
  delete state.lifeRuleLetters[recipient];
}

function fail(world: World, at: number, letter: Correspondence, text: string): void {
  addStatus(letter, "Failed", at, text);
  emitLetter(world, at, letter, "correspondencepublishfailed");
}

/** Orders the notifications of a letter, reminder included. */
function notify(world: World, at: number, letter: Correspondence): void {
  const notification = letter.request.correspondence?.notification;
  if (!notification) return;
  const orderId = randomUUID();
  const main = notification.notificationChannel ?? 0;
  const order = (isReminder: boolean, channel: number): void => {
    letter.notifications.push({
      id: randomUUID(),
      orderId,
      isReminder,
      channel: channels[channel] ?? "Email",
      created: at,
      failed: false,
    });
  };
  order(false, main);
  if (notification.sendReminder === true) order(true, notification.reminderNotificationChannel ?? main);
  emit(world, at, {
    type: "notificationcreated",
    source: "notification",
    resourceId: letter.resourceId,
    instance: orderId,
  });
}

/** The due date of a letter passes. */
export function passDueDate(world: World, at: number, correspondenceId: string): void {
  const letter = world.correspondences.get(correspondenceId);
  if (letter === undefined || !hasBeen(letter.statuses, "Published") || isPurged(letter.statuses)) return;
  if (!hasBeen(letter.statuses, "Read")) {
    emitLetter(world, at, letter, "correspondencereceiverneverread", letter.recipient);
  }
  if (letter.request.correspondence?.isConfirmationNeeded === true && !hasBeen(letter.statuses, "Confirmed")) {
    emitLetter(world, at, letter, "correspondencereceiverneverconfirmed", letter.recipient);
  }
}

/** Statuses that actions reach without an event of their own; the others are below. */
const silent: Partial<Record<Action, StatusName>> = {
  fetched: "Fetched",
  attachmentsDownloaded: "AttachmentsDownloaded",
  forwarded: "Forwarded",
  replied: "Replied",
  archived: "Archived",
  reserved: "Reserved",
};

/** Makes something happen to a letter, at once and whatever came before. */
export function act(world: World, at: number, letter: Correspondence, action: Action, statusText?: string): void {
  const status = silent[action];
  if (status !== undefined) {
    addStatus(letter, status, at, statusText);
    return;
  }
  switch (action) {
    case "published":
      publish(world, at, letter.id);
      return;
    case "read":
    case "confirmed":
      if (!hasBeen(letter.statuses, "Fetched")) addStatus(letter, "Fetched", at);
      addStatus(letter, action === "read" ? "Read" : "Confirmed", at);
      emitLetter(
        world,
        at,
        letter,
        action === "read" ? "correspondencereceiverread" : "correspondencereceiverconfirmed",
      );
      return;
    case "purgedByRecipient":
    case "purgedByAltinn":
      purge(world, at, letter, action === "purgedByAltinn" ? "PurgedByAltinn" : "PurgedByRecipient");
      return;
    case "failed":
      fail(world, at, letter, statusText ?? "Failed");
      return;
    case "neverRead":
    case "neverConfirmed":
      emitLetter(world, at, letter, `correspondencereceiver${action.toLowerCase()}`, letter.recipient);
      return;
    default:
      actOnNotification(world, at, letter, action);
  }
}

function actOnNotification(world: World, at: number, letter: Correspondence, action: Action): void {
  if (action === "notificationFailed") for (const notification of letter.notifications) notification.failed = true;
  const types: Partial<Record<Action, string>> = {
    notificationDelivered: "correspondencenotificationdelivered",
    notificationFailed: "correspondencenotificationfailed",
    notificationCreationFailed: "correspondencenotificationcreationfailed",
  };
  const type = types[action];
  if (type !== undefined) emitLetter(world, at, letter, type);
}

/** Purges a letter, and the files that no other letter uses. */
export function purge(
  world: World,
  at: number,
  letter: Correspondence,
  status: "PurgedByRecipient" | "PurgedByAltinn",
): void {
  addStatus(letter, status, at);
  emitLetter(world, at, letter, "correspondencepurged");
  for (const id of letter.attachmentIds) {
    const attachment = world.attachments.get(id);
    const used = attachment?.correspondenceIds.some((other) => {
      const statuses = world.correspondences.get(other)?.statuses;
      return statuses !== undefined && !isPurged(statuses);
    });
    if (attachment !== undefined && used !== true && attachmentStatus(attachment).status !== "Purged") {
      addAttachmentStatus(attachment, "Purged", at);
    }
  }
}

/** True when the recipient is reserved and the sender did not override it. */
export function isReserved(recipient: string, ignoreReservation: boolean): boolean {
  return lookUp(recipient).reserved && !ignoreReservation;
}
