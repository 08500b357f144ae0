// Requests that pass every rule and that Altinn's database, or a service behind it, then chokes on: an unhandled 500.

import type { InitializeAttachment, InitializeRequest } from "../model/requests.ts";
import { lookUp } from "./recipients.ts";
import { dialogReference } from "./transmission.ts";

const DAY = 86_400_000;
const endOfTime = Date.UTC(10_000, 0, 1);
/** After which a confidential letter that nobody opened is looked at, outside production. */
const reminderDelay = 60_000;

/** True when Altinn fails on the request for good. `now` in milliseconds. */
export function breaksStorage(request: InitializeRequest, now: number): boolean {
  // The request is stored whole, as JSON, in which the database takes no NUL.
  if (JSON.stringify(request).includes("\\u0000")) return true;
  const letter = request.correspondence;
  const { content } = letter ?? {};
  if (indexSize(letter?.sendersReference ?? "") > mostInIndex) return true;
  const dialog = letter ? dialogReference(letter) : undefined;
  if (dialog?.referenceValue === "") return true;
  const published = Math.max(now, letter?.requestedPublishTime ?? now);
  const days = (content?.attachments ?? []).map((file) => file?.expirationInDays ?? 0);
  if (days.some((count) => published + count * DAY >= endOfTime)) return true;
  if (letter?.isConfidential === true && published + reminderDelay >= endOfTime) return true;
  const named = [content?.messageTitle, content?.messageSummary, content?.messageBody];
  const usesName = named.some((text) => text?.includes("{{recipientName}}") === true);
  return usesName && (request.recipients ?? []).some((recipient) => lookUp(recipient ?? "").isLegacyUser);
}

/** True when Altinn fails on an attachment for good. */
export function breaksAttachmentStorage(request: InitializeAttachment): boolean {
  const texts = [request.resourceId, request.displayName, request.sendersReference, request.checksum];
  return texts.some((text) => text?.includes("\u0000") === true);
}

/** The most bytes of a value that fit into one entry of the database's index. */
const mostInIndex = 2_680;

/**
 * About how many bytes a text takes in the index: the database compresses it by repeating earlier parts, and only
 * keeps the compressed form when it saves a quarter.
 */
function indexSize(text: string): number {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= mostInIndex) return bytes.length;
  const seen = new Map<string, number>();
  let size = 0;
  let index = 0;
  while (index < bytes.length) {
    const key = bytes.toString("latin1", index, index + 3);
    const earlier = index + 3 <= bytes.length ? seen.get(key) : undefined;
    seen.set(key, index);
    const length = earlier === undefined ? 0 : matchLength(bytes, earlier, index);
    size += length >= 3 ? 2.2 : 1.125;
    index += Math.max(length, 1);
  }
  return size <= bytes.length * 0.75 ? Math.ceil(size) : bytes.length;
}

function matchLength(bytes: Buffer, earlier: number, index: number): number {
  let length = 0;
  while (length < 273 && index + length < bytes.length && bytes[earlier + length] === bytes[index + length])
    length += 1;
  return length;
}
