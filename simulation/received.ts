// What is wrong with letters to the organisation: each is stored once and whole, then told, then acted upon as is asked. Pure.
import { z } from "zod";
import { grouped } from "../chaos/naming.ts";
import { madeUpBytes } from "../local/altinn-simulator/madeUpFile.ts";
import { DONE, RECIPIENT_ACTIONS, type RecipientAction } from "../shared/altinn/recipientActions.ts";
import {
  type LetterAnnouncement,
  letterAnnouncementSchema,
  REFUSAL_REASONS,
} from "../shared/announcements/letterAnnouncement.ts";
import { readDocument, type StoredLetter } from "../shared/receiving/document.ts";
import type { ReceiptRecord } from "../shared/records/receiptRecord.ts";
import type { ReceivingSettings } from "../shared/settings/settings.ts";
import { inboxDocument } from "../shared/storage/names.ts";
import type { IncomingFile, IncomingLetter } from "./altinn.ts";
import type { InboxFile } from "./inbox.ts";

/** A wish as it was dropped, in epoch milliseconds. */
export interface DroppedWish {
  readonly correspondenceId: string;
  readonly action: RecipientAction;
  readonly at: number;
}

/** An announcement on the queue of received letters, and when it was put there, in epoch milliseconds. */
export interface ToldLetter {
  readonly at: number;
  readonly text: string;
}

/** Everything that is judged. */
export interface ReceivedCase {
  readonly letters: readonly IncomingLetter[];
  /** In the order in which they were put on the queue. */
  readonly told: readonly ToldLetter[];
  /** The documents of letters, by the blob's name, and when each was written, in epoch milliseconds. */
  readonly documents: ReadonlyMap<string, { readonly value: unknown; readonly writtenAt: number }>;
  readonly files: ReadonlyMap<string, InboxFile>;
  readonly records: ReadonlyMap<string, ReceiptRecord>;
  readonly wishes: readonly DroppedWish[];
  readonly onStored: ReceivingSettings["onStored"];
  /** How far clocks may be wrong, in milliseconds. */
  readonly clocksMs: number;
}

/** What came of them: how many were received, and all that is wrong, in words. */
export interface ReceivedVerdict {
  readonly received: number;
  readonly wrong: readonly string[];
}

interface Told extends ToldLetter {
  readonly announcement: LetterAnnouncement;
  /** `received`, `confirmed` and so on. */
  readonly news: string;
}

const REACHED: Readonly<Record<RecipientAction, readonly string[]>> = {
  read: ["Read"],
  confirm: ["Confirmed"],
  purge: ["PurgedByRecipient", "PurgedByAltinn"],
};

/** Judges what there is. */
export function judgeReceived(all: ReceivedCase): ReceivedVerdict {
  const { wrong: unreadable, told } = parsed(all.told);
  const byId = grouped(told, ({ announcement }) => announcement.subject);
  const known = new Set(all.letters.map(({ correspondenceId }) => correspondenceId));
  const wrong = [
    ...unreadable,
    ...ambiguous(told),
    ...all.letters.flatMap((letter) => wrongOf(all, letter, byId.get(letter.correspondenceId) ?? [])),
    ...all.wishes
      .filter(({ correspondenceId }) => !known.has(correspondenceId))
      .flatMap((wish) => unanswered(wish, byId.get(wish.correspondenceId) ?? [])),
    ...[...all.documents.keys(), ...all.files.keys()]
      .filter((name) => !known.has(name.split("/")[0] ?? ""))
      .map((name) => `${name} is of no letter`),
  ];
  const received = all.letters.filter(({ correspondenceId }) => isReceived(byId.get(correspondenceId) ?? []));
  return { received: received.length, wrong };
}

function parsed(all: readonly ToldLetter[]): { readonly told: readonly Told[]; readonly wrong: readonly string[] } {
  const told: Told[] = [];
  const wrong: string[] = [];
  for (const { at, text } of all) {
    const read = letterAnnouncementSchema.safeParse(JSON.parse(text));
    if (!read.success) wrong.push(`a message that is no announcement of a letter: ${text.slice(0, 100)}`);
    else told.push({ at, text, announcement: read.data, news: read.data.type.split(".").at(-1) ?? "" });
  }
  return { told, wrong };
}

/** One id stands for one announcement; of a letter that is received, to the letter. */
function ambiguous(told: readonly Told[]): string[] {
  const known = new Map<string, string>();
  return told.flatMap(({ text, news, announcement: { id, subject, data } }) => {
    const what = news === "received" ? text : `${news} of ${subject} ${data.action ?? ""}`;
    const before = known.get(id) ?? what;
    known.set(id, before);
    return before === what ? [] : [`${id} stands for ${before} and for ${what}`];
  });
}

function isReceived(told: readonly Told[]): boolean {
  return told.some(({ news }) => news === "received");
}

function wrongOf(all: ReceivedCase, letter: IncomingLetter, told: readonly Told[]): string[] {
  const stored = all.documents.get(inboxDocument(letter.correspondenceId));
  const first = told.find(({ news }) => news === "received");
  return [
    ...(stored === undefined && first === undefined ? notReceived(letter, told) : []),
    ...(stored === undefined && first !== undefined ? ["is told as received, and is not stored"] : []),
    ...(stored !== undefined && first === undefined ? ["is stored, and was never told"] : []),
    ...(stored !== undefined && first !== undefined && first.at < stored.writtenAt
      ? ["was told before it was stored"]
      : []),
    ...(stored === undefined ? [] : wronglyStored(all, letter, readDocument(stored.value))),
    ...wronglyDone(all, letter, told, first?.at ?? Number.POSITIVE_INFINITY),
    ...all.wishes
      .filter(({ correspondenceId }) => correspondenceId === letter.correspondenceId)
      .flatMap((wish) => unanswered(wish, told)),
    ...told.flatMap((one) => untrue(all, letter, one)),
  ].map((text) => `${letter.reference} (${letter.correspondenceId}) ${text}`);
}

function isPurged({ statuses }: IncomingLetter): boolean {
  return statuses.some((status) => REACHED.purge.includes(status));
}

function notReceived(letter: IncomingLetter, told: readonly Told[]): string[] {
  const end = told.find(({ news }) => news === "notReceived");
  if (end === undefined) return ["was never told"];
  const { reason } = end.announcement.data;
  return reason === "purged" && isPurged(letter) ? [] : [`was not received, and is said to be ${reason}`];
}

/** All of it is there: what Altinn tells, and each file's bytes or why they cannot be had. */
function wronglyStored({ files: blobs }: ReceivedCase, letter: IncomingLetter, stored: StoredLetter): string[] {
  const { correspondenceId, reference } = letter;
  const isItself = stored.letter.correspondenceId === correspondenceId && stored.letter.sendersReference === reference;
  const ids = stored.files.map(({ attachmentId }) => attachmentId);
  const isWhole = ids.join() === letter.files.map(({ attachmentId }) => attachmentId).join();
  return [
    ...(isItself ? [] : ["is stored as another"]),
    ...(isWhole ? [] : ["is stored without all of its files, or with others"]),
    ...letter.files.flatMap((file) => {
      const { blob, problem, md5, sizeBytes } =
        stored.files.find((one) => one.attachmentId === file.attachmentId) ?? {};
      if (problem !== undefined) return isTrue(problem, file) ? [] : [`has a file said to be ${problem}`];
      const kept = blobs.get(blob ?? "");
      const bytes = Buffer.concat([...madeUpBytes(file.attachmentId, file.size)]);
      const isRight =
        kept?.bytes.equals(bytes) === true && kept.md5 === md5 && sizeBytes === file.size && file.isAsTold;
      return isRight ? [] : ["has a file whose bytes are not there, or not its own"];
    }),
  ];
}

function isTrue(problem: string, { isAsTold, lacks }: IncomingFile): boolean {
  return problem === "checksumMismatch" ? !isAsTold : lacks.has(problem);
}

/** Nothing is done before the letter is told, or unasked; and what is done of itself, is. */
function wronglyDone(all: ReceivedCase, letter: IncomingLetter, told: readonly Told[], from: number): string[] {
  const { onStored, wishes } = all;
  const isWhole = told.find(({ news }) => news === "received")?.announcement.data.isWhole === true;
  const isDoneOfItself = {
    read: onStored.read,
    confirm: onStored.confirm && letter.isConfirmationNeeded && isWhole,
    purge: false,
  };
  return RECIPIENT_ACTIONS.flatMap((action) => {
    const at = letter.done[action];
    const isAsked =
      isDoneOfItself[action] ||
      wishes.some((wish) => wish.correspondenceId === letter.correspondenceId && wish.action === action);
    const isTold = told.some(
      ({ news, announcement }) => news === DONE[action] || (news === "refused" && announcement.data.action === action),
    );
    return [
      ...(at !== undefined && at < from ? [`was acted upon (${action}) before it was told`] : []),
      ...(at !== undefined && !isAsked ? [`was acted upon (${action}), which nobody asked for`] : []),
      ...(isDoneOfItself[action] && from !== Number.POSITIVE_INFINITY && !isTold
        ? [`was not acted upon (${action})`]
        : []),
    ];
  });
}

/** A wish is done at some time, or refused after it was made. */
function unanswered({ action, at }: DroppedWish, told: readonly Told[]): string[] {
  const isAnswered = told.some(
    (one) =>
      one.news === DONE[action] || (one.news === "refused" && one.announcement.data.action === action && one.at >= at),
  );
  return isAnswered ? [] : [`a wish (${action}) has no answer`];
}

const refusedSchema = z.object({ action: z.enum(RECIPIENT_ACTIONS), reason: z.enum(REFUSAL_REASONS) });

/** What is told of what was done is so, and what is refused has its reason. */
function untrue(
  { records, wishes, clocksMs }: ReceivedCase,
  letter: IncomingLetter,
  { news, announcement }: Told,
): string[] {
  const action = RECIPIENT_ACTIONS.find((one) => DONE[one] === news);
  if (action !== undefined) {
    return letter.statuses.some((status) => REACHED[action].includes(status)) ? [] : [`is told as ${news}, and is not`];
  }
  if (news !== "refused") return [];
  const refused = refusedSchema.parse(announcement.data);
  const record = records.get(letter.correspondenceId);
  const earliest = Math.min(
    ...wishes
      .filter((wish) => wish.correspondenceId === letter.correspondenceId && wish.action === refused.action)
      .map(({ at }) => at),
  );
  const isSo: Readonly<Partial<Record<(typeof REFUSAL_REASONS)[number], boolean>>> = {
    purged: isPurged(letter),
    refused: refused.action === "purge" && letter.isConfirmationNeeded,
    notReceived: record?.notReceived !== undefined,
    unknown: record === undefined || record.heardAt + clocksMs >= earliest,
  };
  return isSo[refused.reason] === true ? [] : [`is told as refused (${refused.action}), since it is ${refused.reason}`];
}
