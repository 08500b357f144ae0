// Letters as the inbox shows them to their recipients.

import type { Letter, LetterFile, LetterRow, Letters, Place, RecipientAction } from "../../../pages/inbox/model.ts";
import { mostKept } from "../keptFiles.ts";
import { attachmentStatus } from "../life.ts";
import { registeredName } from "../rules/recipients.ts";
import type { Attachment, Correspondence } from "../state.ts";
import { hasBeen, highestStatus, isPurged } from "../statuses.ts";
import { references } from "../views.ts";
import type { World } from "../world.ts";
import { languageOf, messagesOf, senderOf } from "./messages.ts";

/** So many letters are listed: whoever sends thousands looks for the newest. */
const MOST = 200;

/** The newest letters of the service owner, the newest first. */
export function listLetters(world: World): Letters {
  const own = world.state.correspondences.filter(({ owner }) => owner === world.options.owner);
  return { total: own.length, letters: own.slice(-MOST).reverse().map(rowOf) };
}

/** A letter of the service owner; undefined: there is none of that id. */
export function findLetter(world: World, id: string): Correspondence | undefined {
  const letter = world.correspondences.get(id.toLowerCase());
  return letter?.owner === world.options.owner ? letter : undefined;
}

/** A letter, opened. `shownTo` makes the HTML that the recipient of a name sees; `keeps`: the bytes of files are kept. */
export function openedLetter(
  world: World,
  letter: Correspondence,
  shownTo: (name: string, markdown: string) => string,
  keeps: boolean,
): Letter {
  const { resourceId, sendersReference, content, dueDateTime, replyOptions } = letter.request.correspondence ?? {};
  const name = registeredName(letter.recipient);
  return {
    ...rowOf(letter),
    resourceId: resourceId ?? "",
    sendersReference: sendersReference ?? "",
    references: references(letter).map(({ referenceType, referenceValue }) => [referenceType, referenceValue]),
    summary: withName(content?.messageSummary, name),
    bodyHtml: shownTo(name, content?.messageBody ?? ""),
    due: dueDateTime ?? null,
    attachments: attachmentsOf(world, letter).map((file) => fileOf(file, keeps)),
    replies: (replyOptions ?? []).flatMap((reply) =>
      reply === null ? [] : [{ text: reply.linkText?.trim() || null, address: reply.linkURL ?? "" }],
    ),
    actions: actionsOf(letter),
    messages: messagesOf(letter, world.now()),
    history: letter.statuses,
  };
}

/** The files of a letter. */
export function attachmentsOf(world: World, letter: Correspondence): Attachment[] {
  return letter.attachmentIds.map((id) => world.attachments.get(id)).filter((file) => file !== undefined);
}

/** Where a letter is. */
export function placeOf({ statuses }: Correspondence): Place {
  if (isPurged(statuses)) return "purged";
  if (hasBeen(statuses, "Failed")) return "failed";
  return hasBeen(statuses, "Published") ? "inbox" : "coming";
}

function rowOf(letter: Correspondence): LetterRow {
  const { id, recipient, statuses, attachmentIds } = letter;
  const asked = letter.request.correspondence;
  const name = registeredName(recipient);
  const place = placeOf(letter);
  return {
    id,
    recipient,
    recipientName: name,
    sender: senderOf(letter),
    title: withName(asked?.content?.messageTitle, name),
    language: languageOf(letter),
    place,
    status: highestStatus(statuses).status,
    at: statuses.find(({ status }) => status === "Published")?.at ?? letter.requestedPublishTime,
    isRead: hasBeen(statuses, "Read"),
    files: attachmentIds.length,
    isConfirmationDue: place === "inbox" && isConfirmationDue(letter),
    changes: statuses.length + letter.notifications.filter(({ failed }) => failed).length,
  };
}

function isConfirmationDue({ statuses, request }: Correspondence): boolean {
  return request.correspondence?.isConfirmationNeeded === true && !hasBeen(statuses, "Confirmed");
}

function actionsOf(letter: Correspondence): RecipientAction[] {
  if (placeOf(letter) !== "inbox") return [];
  return [
    ...(isConfirmationDue(letter) ? (["confirmed"] as const) : []),
    ...(hasBeen(letter.statuses, "Archived") ? [] : (["archived"] as const)),
    "purgedByRecipient",
  ];
}

function fileOf(file: Attachment, keeps: boolean): LetterFile {
  const isThere = attachmentStatus(file).status === "Published" && file.sha256 !== null && !file.infected;
  return {
    id: file.id,
    name: file.displayName?.trim() || file.fileName,
    size: file.size,
    isKept: keeps && isThere && (file.size ?? 0) <= mostKept,
  };
}

/** Altinn fills in the name of the recipient. */
function withName(text: string | null | undefined, name: string): string {
  return (text ?? "").replaceAll("{{recipientName}}", () => name);
}
