// Letters are found by whatever is known of them, page by page, whichever of their records there is.
import { beforeAll, describe, expect, it, test } from "vitest";
import { organization, person } from "../../local/parties.ts";
import { DAY, HOUR } from "../../shared/clock.ts";
import { eachAtOnce } from "../../shared/eachAtOnce.ts";
import type { FindingContext } from "../../shared/finding/context.ts";
import { findLetters, showLetter } from "../../shared/finding/find.ts";
import type { Letter } from "../../shared/finding/letter.ts";
import { type LetterQuery, readLetterQuery } from "../../shared/finding/query.ts";
import { WrongToken } from "../../shared/finding/wrongToken.ts";
import { deadLetterName } from "../../shared/records/deadLetter.ts";
import { recordOf } from "../../shared/records/mergeCorrespondence.ts";
import { cancelledBeforehand } from "../../shared/records/requestRecord.ts";
import { FOLDERS, recordName } from "../../shared/storage/names.ts";
import { sha256 } from "../../shared/storage/tags.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { aLink, NOON } from "../records/additions.ts";
import { aDispatch, anAttempt } from "../records/dispatches.ts";
import { anId, findingIn, sentLetter } from "./stored.ts";

/** More than a page. */
const MANY = 23;

let storage: Storage;
let finding: FindingContext;
beforeAll(async () => {
  storage = await startStorage();
  const oslo = { name: "oslo", resources: Array.from({ length: 100 }, (_, n) => `oslo-${n}`), hasOwnQueue: false };
  finding = findingIn(await storage.account(), undefined, [oslo]);
  const { store } = finding;
  await sentLetter(finding, 910, { sendersReference: "oslo/1" }, { resourceId: "oslo-0" });
  const last = { dispatchId: anId("aa", 9), resourceId: "urn:altinn:resource:oslo-99", sendersReference: "oslo/2" };
  await store.dispatches.create(last.dispatchId, aDispatch({ ...last, requestId: "oslo", nextAttemptAt: NOON + HOUR }));
  await eachAtOnce(16, Array.from({ length: MANY }).keys(), async (n) => {
    await sentLetter(finding, n, { requestId: "many", sendersReference: "many/1", recipient: person() });
  });
  // Of the same request: one on its way, one that was refused, one that was purged before it was published.
  const ofMany = { requestId: "many", sendersReference: "many/1", resourceId: "urn:altinn:resource:test-letters" };
  const attempts = [anAttempt("a", NOON, { cause: "status", status: 503, definite: false })];
  const waiting = aDispatch({ ...ofMany, dispatchId: anId("aa", 1), nextAttemptAt: NOON + HOUR, attempts });
  const problem = { reason: "recipientReserved", status: 400, errorCode: 1007, detail: "Nr. 02014900120" } as const;
  const refused = aDispatch({ ...ofMany, dispatchId: anId("aa", 2), state: "rejected", endedAt: NOON + 1, problem });
  const cancel = { since: NOON, failures: 0, outcome: { end: "cancelled", at: NOON + 2 } } as const;
  const purged = aDispatch({
    ...ofMany,
    dispatchId: anId("aa", 3),
    state: "sent",
    correspondenceId: anId("c", 900),
    cancel,
  });
  for (const dispatch of [waiting, refused, purged]) await store.dispatches.create(dispatch.dispatchId, dispatch);
  await sentLetter(finding, 900, { ...ofMany, dispatchId: purged.dispatchId });
  const dead = { version: 1, end: "rejected", endedAt: NOON + 1, epoch: 0, attempts: [] } as const;
  await store.deadLetters.create(deadLetterName(refused.dispatchId), {
    ...dead,
    reason: "recipientReserved",
    ...ofMany,
    dispatchId: refused.dispatchId,
  });
  // A request that was refused as a whole has its dead letter alone.
  await store.deadLetters.create(deadLetterName("f".repeat(64)), {
    ...dead,
    reason: "invalidRequest",
    requestId: "wrong",
    sendersReference: "wrong/1",
    resourceId: "test-letters",
    problems: [{ path: "recipients", rule: "recipient", message: 'There is no "02014900120"' }],
  });
  // And one that is being taken up has but its request's record.
  const { cancel: _none, ...request } = cancelledBeforehand("just taken up", "w", NOON);
  const single = { dispatchId: anId("bb", 1), idempotentKey: "k", isKeyGiven: false, recipient: organization() };
  await store.requests.create("just taken up", {
    ...request,
    digest: "1".repeat(64),
    resourceId: "test-letters",
    sendersReference: "new/1",
    total: 1,
    single: { ...single, hasAttachments: false },
  });
  await sentLetter(finding, 901, { sendersReference: "later", postedAt: NOON + 3 * DAY }, { facts: [] });
});

/** Every letter of a query, by pages of ten, and how many of them each had. */
async function all(query: LetterQuery): Promise<{ letters: Letter[]; pages: number[] }> {
  const letters: Letter[] = [];
  const pages: number[] = [];
  for (let next: string | undefined, isFirst = true; isFirst || next !== undefined; isFirst = false) {
    const page = await findLetters(finding, query, { limit: 10, next });
    expect(page.letters.length).toBeLessThanOrEqual(10);
    expect(page.asOf).toBe(new Date(NOON).toISOString());
    letters.push(...page.letters);
    pages.push(page.letters.length);
    next = page.next;
  }
  return { letters, pages };
}

const counts = ({ letters }: { letters: readonly Letter[] }) => {
  const found: Record<string, number> = {};
  for (const { status } of letters) found[status] = (found[status] ?? 0) + 1;
  return found;
};

describe.each([
  ["its request", { requestId: "many" }],
  ["its reference", { reference: "many/1" }],
] as const)("letters by %s", (_what, query) => {
  it("are all found once, on their way, in Altinn, or ended, over more pages than one", async () => {
    const found = await all(query);
    expect(counts(found)).toEqual({ published: MANY, waiting: 1, rejected: 1, cancelled: 1 });
    expect(new Set(found.letters.map(({ dispatchId }) => dispatchId)).size).toBe(MANY + 3);
    expect(found.pages.length).toBeGreaterThan(2);
  });

  it.each([
    ["waiting", { waiting: 1 }],
    ["rejected", { rejected: 1 }],
    ["cancelled", { cancelled: 1 }],
    ["published", { published: MANY }],
    ["read", {}],
  ])("and by the status %s", async (status, expected) => {
    expect(counts(await all({ ...query, status }))).toEqual(expected);
    expect(counts(await all({ ...query, status, resources: ["test-letters"] }))).toEqual(expected);
    expect(counts(await all({ ...query, status, resources: ["others"] }))).toEqual({});
  });
});

test("letters of a resource are found by their time", async () => {
  const resource = "test-letters";
  const of = async (from: string, to: string) => {
    const read = readLetterQuery({ resource, from, to }, finding.senders);
    return read.ok ? counts(await all(read.value.query)) : undefined;
  };
  expect(await of("2030-03-01", "2030-03-03")).toEqual({ published: MANY, waiting: 1, rejected: 2, cancelled: 1 });
  expect(await of("2030-03-04", "2030-03-04")).toEqual({ sent: 1 });
  expect(await of("2030-03-04T10:00:00Z", "2030-03-04T10:00:01+00:00")).toEqual({ sent: 1 });
  expect(await of("2030-03-04T10:00:01Z", "2030-03-05")).toEqual({});
  expect(counts(await all({ resources: [resource], status: "sent" }))).toEqual({ sent: 1 });
});

test("one letter is shown by either id, whole and without saying who it is to", async () => {
  const shown = await showLetter(finding, anId("d", 7));
  expect(shown).toEqual(await showLetter(finding, anId("C", 7)));
  expect(shown?.letter).toEqual({
    direction: "sent",
    dispatchId: anId("d", 7),
    correspondenceId: anId("c", 7),
    requestId: "many",
    resourceId: "test-letters",
    sendersReference: "many/1",
    recipient: "urn:altinn:person:identifier-no:***",
    status: "published",
    since: "2030-03-01T10:00:00.000Z",
    publishTime: "2030-03-01T10:00:00.000Z",
    isConfirmationNeeded: false,
    isSettled: false,
    history: [{ status: "published", time: "2030-03-01T10:00:00.000Z", source: "overview" }],
    attempts: [],
  });
  expect((await showLetter(finding, anId("d", 7), { isUnmasked: true }))?.letter.recipient).toBe(person());
});

test("one on its way says what was tried, what it waits for and when it goes on", async () => {
  expect((await showLetter(finding, anId("aa", 1)))?.letter).toMatchObject({
    status: "waiting",
    resourceId: "test-letters",
    isSettled: false,
    waitingFor: "altinn",
    nextAttempt: "2030-03-01T11:00:00.000Z",
    attempts: [{ at: "2030-03-01T10:00:00.000Z", cause: "status", httpStatus: 503, isDefinite: false }],
    history: [{ status: "waiting", source: "app" }],
  });
});

test("one that was refused says why, masked, and where its dead letter is", async () => {
  const { letter } = (await showLetter(finding, anId("aa", 2))) ?? {};
  expect(letter).toMatchObject({
    status: "rejected",
    isSettled: true,
    end: { status: "rejected", reason: "recipientReserved", errorCode: 1007, time: "2030-03-01T10:00:00.001Z" },
    deadLetter: `${anId("aa", 2)}.json`,
    history: [{ status: "waiting" }, { status: "rejected", source: "app" }],
  });
  expect((await showLetter(finding, `${anId("aa", 2)}.json`))?.letter).toEqual(letter);
  const wrong = await all({ requestId: "wrong" });
  expect((await showLetter(finding, wrong.letters[0]?.deadLetter ?? ""))?.letter).toEqual(wrong.letters[0]);
  expect(wrong.letters).toMatchObject([
    { status: "rejected", end: { reason: "invalidRequest", problems: [{ rule: "recipient" }] }, attempts: [] },
  ]);
  expect(JSON.stringify([letter, wrong])).not.toContain("02014900120");
});

test("one that was purged before it was published is cancelled, whatever Altinn said of it", async () => {
  expect((await showLetter(finding, anId("c", 900)))?.letter).toMatchObject({
    status: "cancelled",
    isSettled: true,
    end: { status: "cancelled", time: "2030-03-01T10:00:00.002Z" },
  });
});

test("one that is followed no longer says since when, and is not settled by that", async () => {
  await sentLetter(finding, 905, { requestId: "old" }, { unresolvedSince: NOON + DAY });
  const { letter } = (await showLetter(finding, anId("c", 905))) ?? {};
  expect(letter?.isSettled).toBe(false);
  const last = { status: "unresolved", time: "2030-03-02T10:00:00.000Z", source: "app" };
  expect(letter?.history).toEqual([expect.objectContaining({ status: "published" }), last]);
});

test("one whose personal data was erased says nothing in its place", async () => {
  await sentLetter(finding, 903, { recipient: "", sendersReference: "", requestId: "erased" });
  const { letter } = (await showLetter(finding, anId("c", 903))) ?? {};
  expect(letter).toMatchObject({ requestId: "erased", status: "published" });
  for (const field of ["recipient", "sendersReference"]) expect(letter).not.toHaveProperty(field);
});

test("one that is being taken up is found by its request", async () => {
  expect((await all({ requestId: "just taken up" })).letters).toMatchObject([{ status: "waiting", waitingFor: "due" }]);
});

test("what the index still says is read before it is shown", async () => {
  const id = anId("c", 904);
  const link = aLink({ dispatchId: anId("d", 904), requestId: "stale" });
  const record = recordOf({
    correspondenceId: id,
    heardAt: NOON,
    link,
    facts: [{ status: "Read", time: NOON, source: "event" }],
  });
  const tags = { status: "Published", posted: "2030-03-01", request: sha256("stale") };
  await finding.store.documents.create(recordName(FOLDERS.correspondences, id), record, tags);
  expect(counts(await all({ requestId: "stale" }))).toEqual({ read: 1 });
  expect(counts(await all({ requestId: "stale", status: "published" }))).toEqual({});
});

test("what the index does not lead to is not shown, and what cannot be read is counted", async () => {
  const { store } = finding;
  const name = recordName(FOLDERS.correspondences, anId("c", 902));
  await store.documents.create(name, { version: 2 }, { posted: "2030-03-01", request: "x", resource: "newer" });
  expect(await findLetters(finding, { resources: ["newer"] }, { limit: 10 })).toMatchObject({
    letters: [],
    unreadable: 1,
  });
  expect(await showLetter(finding, anId("d", 12345))).toBeUndefined();
});

test("the next page is asked for by a token of the same query, and by no other", async () => {
  const { next } = await findLetters(finding, { requestId: "many" }, { limit: 10 });
  for (const wrong of [next, "", "e30", Buffer.from("[1,0]").toString("base64url")]) {
    await expect(findLetters(finding, { reference: "many/1" }, { limit: 10, next: wrong })).rejects.toThrow(WrongToken);
  }
});

test("every wrong parameter is named, and no value repeated", () => {
  const { senders } = finding;
  const read = readLetterQuery(
    { status: "gone", from: "yesterday", limit: "201", dispatchId: "x", person: "02014900120" },
    senders,
  );
  expect(read).toMatchObject({ ok: false });
  const wrong = read.ok ? [] : read.wrong;
  expect(wrong.map(({ parameter }) => parameter).sort()).toEqual(["dispatchId", "from", "limit", "person", "status"]);
  expect(JSON.stringify(wrong)).not.toMatch(/gone"|yesterday|201[^0-9,]|02014900120/);
  const none = { ok: false, wrong: [{ detail: /^say which letters/ }] };
  expect(readLetterQuery({ limit: "10" }, senders)).toMatchObject(none);
  const wrongOf = (given: object) => {
    const read = readLetterQuery({ ...given }, senders);
    return read.ok ? [] : read.wrong;
  };
  expect(wrongOf({ sender: "nobody" })).toEqual([{ parameter: "sender", detail: "is no sender of SENDERS" }]);
  expect(wrongOf({ sender: "oslo", resource: "test-letters" })).toEqual([
    { parameter: "resource", detail: "is none of the sender's" },
  ]);
});

test("letters of a sender are those on its resources, however many there are, and no other's", async () => {
  const asked = (given: object) => {
    const read = readLetterQuery({ ...given }, finding.senders);
    return read.ok ? read.value.query : {};
  };
  const { letters, pages } = await all(asked({ sender: "oslo" }));
  expect(letters.map(({ resourceId, sendersReference }) => `${resourceId} ${sendersReference}`).sort()).toEqual([
    "oslo-0 oslo/1",
    "oslo-99 oslo/2",
  ]);
  // Each page asks the index a few times at most, though the sender has a hundred resources.
  expect(pages.length).toBeGreaterThan(5);
  expect((await all(asked({ sender: "oslo", resource: "oslo-99" }))).letters).toHaveLength(1);
});
