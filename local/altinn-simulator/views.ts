// Correspondences and attachments as Altinn's API shows them to the sender.

import { ownerUrn } from "./events.ts";
import { attachmentStatus } from "./life.ts";
import { referenceTypes } from "./model/shape.ts";
import { writeTime } from "./model/values.ts";
import { mediaTypeOf } from "./rules/fileNames.ts";
import type { Attachment, Correspondence } from "./state.ts";
import { hasBeen, highestStatus, type StatusName } from "./statuses.ts";
import type { World } from "./world.ts";

/** `GET /correspondence/{id}`. */
export function overview(world: World, letter: Correspondence): Record<string, unknown> {
  const { recipient, correspondenceId, content, created, ...rest } = common(world, letter);
  const { status, statusText, statusChanged, ...others } = rest;
  const notifications = letter.notifications.map((sent) => ({
    notificationOrderId: sent.orderId,
    isReminder: sent.isReminder,
  }));
  return {
    recipient,
    correspondenceId,
    content,
    created,
    status,
    statusText,
    statusChanged,
    notifications,
    ...others,
  };
}

/** The same as its recipient is shown it: with what is in it. */
export function receivedOverview(world: World, letter: Correspondence): Record<string, unknown> {
  return { ...overview(world, letter), content: wholeContent(world, letter) };
}

/** `GET /correspondence/{id}/details`. */
export function details(world: World, letter: Correspondence): Record<string, unknown> {
  const purges: readonly StatusName[] = ["PurgedByRecipient", "PurgedByAltinn"];
  const statusHistory = letter.statuses
    .filter((entry) => !purges.includes(entry.status))
    .map(({ status, text, at }) => ({ status, statusText: text, statusChanged: writeTime(at) }));
  const notifications = letter.notifications.map((sent) => notificationDetails(letter, sent));
  return { statusHistory, notifications, systemLabel: "Default", ...common(world, letter) };
}

function common(world: World, letter: Correspondence) {
  const request = letter.request.correspondence;
  const current = highestStatus(letter.statuses);
  const published = letter.statuses.find(({ status }) => status === "Published");
  const read = letter.statuses.find(({ status }) => status === "Read");
  return {
    recipient: letter.recipient,
    correspondenceId: letter.id,
    content: content(world, letter),
    created: writeTime(letter.created),
    status: current.status,
    statusText: current.text,
    statusChanged: writeTime(current.at),
    altinn2CorrespondenceId: null,
    published: published === undefined ? null : writeTime(published.at),
    read: read === undefined ? null : writeTime(read.at),
    resourceId: letter.resourceId,
    sender: ownerUrn(letter.owner),
    sendersReference: request?.sendersReference ?? "",
    messageSender: request?.messageSender ?? "",
    requestedPublishTime: writeTime(letter.requestedPublishTime),
    dueDateTime: request?.dueDateTime == null ? null : writeTime(request.dueDateTime),
    externalReferences: references(letter),
    propertyList: request?.propertyList ?? {},
    replyOptions: (request?.replyOptions ?? []).map((option) => ({
      linkURL: option?.linkURL ?? "",
      linkText: option?.linkText ?? null,
    })),
    notification: null,
    ignoreReservation: request?.ignoreReservation ?? false,
    isConfirmationNeeded: request?.isConfirmationNeeded ?? false,
    isConfidential: request?.isConfidential ?? false,
    allowForwarding: request?.allowForwarding ?? false,
  };
}

/** Once it is published, the sender no longer sees what is in it. */
function content(world: World, letter: Correspondence): Record<string, unknown> {
  if (hasBeen(letter.statuses, "Published")) {
    return { attachments: [], language: "no", messageTitle: "", messageSummary: "", messageBody: "" };
  }
  return wholeContent(world, letter);
}

function wholeContent(world: World, letter: Correspondence): Record<string, unknown> {
  const asked = letter.request.correspondence?.content;
  const attachments = letter.attachmentIds
    .map((id) => world.attachments.get(id))
    .filter((attachment) => attachment !== undefined)
    .map(letterAttachment);
  return {
    attachments,
    language: (asked?.language ?? "").trim() === "" ? "nb" : asked?.language,
    messageTitle: asked?.messageTitle ?? "",
    messageSummary: asked?.messageSummary ?? "",
    messageBody: asked?.messageBody ?? "",
  };
}

/** The references that a letter has: the sender's, and the one to Dialogporten that Altinn adds. */
export function references(letter: Correspondence) {
  const given = (letter.request.correspondence?.externalReferences ?? []).map((reference) => ({
    referenceValue: reference?.referenceValue ?? "",
    referenceType: String(referenceTypes[reference?.referenceType ?? 0] ?? reference?.referenceType),
  }));
  return letter.isTransmission
    ? [...given, { referenceValue: letter.dialogId, referenceType: "DialogportenTransmissionId" }]
    : [...given, { referenceValue: letter.dialogId, referenceType: "DialogportenDialogId" }];
}

function letterAttachment(attachment: Attachment) {
  const { status, text, at } = attachmentStatus(attachment);
  return {
    created: writeTime(attachment.created),
    dataLocationType: "AltinnCorrespondenceAttachment",
    status,
    statusText: text,
    statusChanged: writeTime(at),
    dataType: mediaTypeOf(attachment.fileName),
    expirationTime: null,
    id: attachment.id,
    ...describedFile(attachment),
  };
}

/** What both views of an attachment say of its file. */
function describedFile(attachment: Attachment) {
  return {
    fileName: attachment.fileName,
    displayName: attachment.displayName,
    isEncrypted: attachment.isEncrypted,
    checksum: attachment.checksum,
    sendersReference: attachment.sendersReference,
    expirationInDays: attachment.expirationInDays,
  };
}

/** `GET /attachment/{id}`. */
export function attachmentOverview(attachment: Attachment): Record<string, unknown> {
  const { status, text, at } = attachmentStatus(attachment);
  return {
    attachmentId: attachment.id,
    status,
    statusText: text,
    statusChanged: writeTime(at),
    correspondenceIds: attachment.correspondenceIds,
    dataType: mediaTypeOf(attachment.fileName),
    resourceId: attachment.resourceId,
    sender: ownerUrn(attachment.owner),
    ...describedFile(attachment),
  };
}

function notificationDetails(letter: Correspondence, sent: Correspondence["notifications"][number]) {
  const lastUpdate = writeTime(sent.created);
  const status = (name: string) => ({ status: name, description: null, lastUpdate });
  const delivery = (channel: "Email" | "SMS") => ({
    id: null,
    succeeded: !sent.failed,
    recipient: {
      emailAddress: channel === "Email" ? "mottaker@example.com" : null,
      mobileNumber: channel === "SMS" ? "+4799999999" : null,
      organizationNumber: null,
      nationalIdentityNumber: null,
      isReserved: null,
    },
    sendStatus: status(`${channel}_${sent.failed ? "Failed" : "Delivered"}`),
  });
  const bySms = sent.channel === "Sms" || sent.channel === "SmsPreferred";
  const [email, sms] = bySms ? [null, delivery("SMS")] : [delivery("Email"), null];
  return {
    id: sent.id,
    sendersReference: letter.request.correspondence?.notification?.sendersReference ?? "x",
    creator: "digdir",
    created: writeTime(sent.created),
    isReminder: sent.isReminder,
    notificationChannel: sent.channel,
    ignoreReservation: letter.request.correspondence?.ignoreReservation ?? false,
    resourceId: letter.resourceId,
    processingStatus: status("Order_Completed"),
    notificationStatusDetails: {
      email,
      sms,
      emails: email === null ? null : [email],
      smses: sms === null ? null : [sms],
    },
  };
}
