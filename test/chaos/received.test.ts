// What a chaos run says of letters to the organisation.
import { expect, test } from "vitest";
import { judgeReceived, type ReceivedCase } from "../../chaos/received.ts";
import { createLetterAnnouncements } from "../../shared/announcements/letterAnnouncement.ts";

const [ID, FILE, TOLD_AT] = ["0199c1f0-5d0a-7c1e-9d5b-2f1f0a6b7c8d", "0199c1f0-2a11-7e0c-8a4e-7b7c5d1e9f00", 1_000_000];
const letter = {
  correspondenceId: ID,
  resourceId: "theirs",
  sender: undefined,
  sendersReference: "r",
  dueDateTime: undefined,
  published: undefined,
  isConfirmationNeeded: true,
  content: { messageTitle: "t", attachments: [] },
};
const told = (time: number, namespace = "0193b2c1-0000-7000-8000-000000000001") =>
  createLetterAnnouncements(namespace).received(letter, `${ID}/correspondence.json`, [], time);

function verdictOf(changed: Partial<ReceivedCase> & { readonly confirmedAt?: number }) {
  const { confirmedAt = TOLD_AT + 1, ...rest } = changed;
  return judgeReceived({
    incoming: [{ correspondenceId: ID, isConfirmationNeeded: true, files: [FILE], confirmedAt }],
    told: [told(TOLD_AT)],
    blobs: new Set([`${ID}/correspondence.json`, `${ID}/${FILE}.pdf`]),
    ...rest,
  });
}
const WELL = { received: 1, receivedTwice: [], receivedLost: [], confirmedTooEarly: [] };

test("a letter that is stored, told as often as may be, and confirmed after that is well", () => {
  expect(verdictOf({})).toEqual(WELL);
  expect(verdictOf({ told: [told(TOLD_AT), told(TOLD_AT)] })).toEqual(WELL);
});

test("what must not be is found", () => {
  expect(verdictOf({ told: [told(TOLD_AT), told(TOLD_AT + 1)] }).receivedTwice).toEqual([ID]);
  expect(verdictOf({ told: [told(TOLD_AT), told(TOLD_AT, crypto.randomUUID())] }).receivedTwice).toEqual([ID]);
  expect(verdictOf({ told: [] })).toMatchObject({ received: 0, receivedLost: [ID], confirmedTooEarly: [ID] });
  expect(verdictOf({ blobs: new Set([`${ID}/correspondence.json`]) }).receivedLost).toEqual([ID]);
  expect(verdictOf({ blobs: new Set([`${ID}/${FILE}.pdf`]) }).receivedLost).toEqual([ID]);
  expect(verdictOf({ confirmedAt: TOLD_AT - 1 }).confirmedTooEarly).toEqual([ID]);
});
