// The verdict of a chaos run, on made-up cases: what is well is found well, and each kind of wrong is found.
import { expect, test } from "vitest";
import type { AltinnLetter } from "../../chaos/altinn.ts";
import type { KeptDeadLetter, KeptDispatch } from "../../chaos/evidence.ts";
import { type Case, FAULTS, isGood, judge } from "../../chaos/verdict.ts";
import { organization } from "../../local/parties.ts";
import type { Announcement } from "../../shared/announcements/announcement.ts";

const A = organization(1);
const B = organization(2);

/** One letter that was sent and read, and told so. */
function aCase(more: Partial<Case> = {}): Case {
  return {
    plan: { letters: [expected("r1")], refusals: [] },
    altinn: [letter("c1", "r1")],
    announcements: [told("sent", "r1", "c1"), told("published", "r1", "c1"), told("read", "r1", "c1")],
    unreadable: [],
    evidence: { deadLetters: [], dispatches: [], records: new Map([["c1", { reference: "r1", recipient: A }]]) },
    waiting: [],
    ...more,
  };
}

/** The case of a letter that never became one. */
function unsent(more: Partial<Case["evidence"]>, announcements: readonly Announcement[]): Case {
  const evidence = { deadLetters: [], dispatches: [], records: new Map(), ...more };
  return aCase({ altinn: [], evidence, announcements });
}

function expected(reference: string, recipient = A) {
  return { requestId: `id of ${reference}`, reference, recipient };
}

const READ = ["Initialized", "ReadyForPublish", "Published", "Fetched", "Read"];
const TAKEN_BACK = ["Initialized", "ReadyForPublish", "PurgedByAltinn"];

function letter(correspondenceId: string, reference: string, more: Partial<AltinnLetter> = {}): AltinnLetter {
  return {
    correspondenceId,
    resourceId: "letters",
    owner: "991825827",
    reference,
    recipient: A,
    isConfirmationNeeded: false,
    created: 0,
    statuses: READ,
    ...more,
  };
}

const DISPATCH_NEWS = [
  "sent",
  "rejected",
  "gaveUp",
  "cancelled",
  "outcomeUnknown",
  "duplicate",
  "tooLate",
  "cancelPending",
  "cancelUnknown",
];
let announced = 0;

function told(what: string, reference: string, correspondenceId?: string, data: object = {}): Announcement {
  const time = "2026-01-01T00:00:00.000Z";
  const about = DISPATCH_NEWS.includes(what) ? "dispatch" : "correspondence";
  return {
    specversion: "1.0",
    id: `announcement-${announced++}`,
    source: "urn:uuid:1",
    type: `altinn-correspondence-sender.${about}.${what}`,
    subject: reference,
    time,
    datacontenttype: "application/json",
    data: {
      sendersReference: reference,
      recipient: A,
      status: what,
      time,
      source: "app",
      ...(correspondenceId === undefined ? {} : { correspondenceId }),
      ...data,
    },
  };
}

function dead(reference: string, more: Partial<KeptDeadLetter> = {}): KeptDeadLetter {
  return { name: `${reference}.json`, end: "rejected", reference, recipient: A, content: "", ...more };
}

function dispatch(reference: string, more: Partial<KeptDispatch> = {}): KeptDispatch {
  return {
    dispatchId: `dispatch ${reference}`,
    reference,
    recipient: A,
    state: "sent",
    cancelOutcome: undefined,
    ...more,
  };
}

/** How many there are of each kind of wrong; those that there are none of left out. */
function wrong(given: Case): Record<string, number> {
  const { faults } = judge(given);
  return Object.fromEntries(FAULTS.map((kind) => [kind, faults[kind].length]).filter(([, count]) => count !== 0));
}

test("a letter that was sent once, recorded and told of is well", () => {
  const verdict = judge(aCase());
  expect(isGood(verdict)).toBe(true);
  expect(verdict).toMatchObject({ letters: 1, outcomes: { sent: 1, rejected: 0, cancelled: 0 } });
});

const deadLetter = { deadLetter: "r1.json" };

test.each<readonly [string, keyof ReturnType<typeof judge>["outcomes"], Case]>([
  ["refused", "rejected", unsent({ deadLetters: [dead("r1")] }, [told("rejected", "r1", undefined, deadLetter)])],
  [
    "refused with its whole request",
    "rejected",
    unsent({ deadLetters: [dead("r1", { recipient: undefined })] }, [
      told("rejected", "r1", undefined, { ...deadLetter, recipient: undefined }),
    ]),
  ],
  [
    "given up",
    "gaveUp",
    unsent({ deadLetters: [dead("r1", { end: "gaveUp" })] }, [told("gaveUp", "r1", undefined, deadLetter)]),
  ],
  [
    "never found out",
    "outcomeUnknown",
    unsent({ deadLetters: [dead("r1", { end: "outcomeUnknown" })] }, [
      told("outcomeUnknown", "r1", undefined, deadLetter),
    ]),
  ],
  [
    "cancelled before it went",
    "cancelled",
    unsent({ dispatches: [dispatch("r1", { state: "cancelled" })] }, [
      told("cancelled", "r1", undefined, { dispatchId: "dispatch r1" }),
    ]),
  ],
  [
    "purged before it was published",
    "cancelled",
    aCase({
      altinn: [letter("c1", "r1", { statuses: TAKEN_BACK })],
      announcements: [
        told("sent", "r1", "c1"),
        told("purgedByAltinn", "r1", "c1"),
        told("cancelled", "r1", "c1", { dispatchId: "dispatch r1" }),
      ],
    }),
  ],
])("a letter that was %s is well", (_how, outcome, given) => {
  const verdict = judge(given);
  expect(wrong(given)).toEqual({});
  expect(verdict.outcomes).toEqual({ sent: 0, rejected: 0, gaveUp: 0, cancelled: 0, outcomeUnknown: 0, [outcome]: 1 });
});

test("a message that cannot be read is well as a dead letter that holds it, and lost without one", () => {
  const plan = { letters: [], refusals: [{ mark: "garbage 1." }] };
  const kept = dead("", { reference: undefined, recipient: undefined, name: "x.json", content: "... garbage 1. ..." });
  const announcements = [told("rejected", "", undefined, { sendersReference: undefined, deadLetter: "x.json" })];
  const evidence = { deadLetters: [kept], dispatches: [], records: new Map() };
  expect(wrong({ ...aCase(), plan, altinn: [], announcements, evidence })).toEqual({});
  expect(judge({ ...aCase(), plan, altinn: [], announcements, evidence }).outcomes.rejected).toBe(1);
  expect(
    wrong({ ...aCase(), plan, altinn: [], announcements: [], evidence: { ...evidence, deadLetters: [] } }),
  ).toEqual({
    lost: 1,
  });
});

test("two letters of one dispatch are one too many, also under another reference of the same request", () => {
  const records = new Map(["c1", "c2"].map((id) => [id, { reference: "r1", recipient: A }] as const));
  const announcements = [
    ...aCase().announcements,
    ...["sent", "published", "read"].map((what) => told(what, "r1", "c2")),
  ];
  const twice = aCase({ altinn: [letter("c1", "r1"), letter("c2", "r1")], announcements });
  expect(wrong({ ...twice, evidence: { ...twice.evidence, records } })).toEqual({ duplicates: 1 });

  const other = { ...expected("r1-other"), requestId: expected("r1").requestId };
  const both = aCase({
    plan: { letters: [expected("r1"), other], refusals: [] },
    altinn: [letter("c1", "r1"), letter("c2", "r1-other")],
  });
  expect(judge(both).faults.duplicates).toHaveLength(1);
});

test("a letter to another recipient of the request is none too many, one that nobody dropped is", () => {
  const plan = { letters: [expected("r1"), expected("r1", B)], refusals: [] };
  const altinn = [letter("c1", "r1"), letter("c2", "r1", { recipient: B })];
  expect(judge(aCase({ plan, altinn })).faults.duplicates).toEqual([]);
  expect(judge(aCase({ altinn })).faults.duplicates).toHaveLength(1);
});

test("a letter that came to nothing is lost", () => {
  expect(wrong(unsent({}, []))).toEqual({ lost: 1 });
  expect(wrong(unsent({ dispatches: [dispatch("r1", { state: "waiting" })] }, []))).toEqual({ lost: 1 });
  // What became of another recipient says nothing.
  const deadLetters = [dead("r1", { recipient: B })];
  expect(judge(unsent({ deadLetters }, [])).faults.lost).toHaveLength(1);
});

test.each([
  ["no record", new Map()],
  ["a record that knows no dispatch", new Map([["c1", undefined]])],
  ["the record of another letter", new Map([["c1", { reference: "r2", recipient: A }]])],
])("a letter with %s is without record", (_what, records) => {
  expect(wrong(aCase({ evidence: { ...aCase().evidence, records } }))).toEqual({ withoutRecord: 1 });
});

test.each(["rejected", "gaveUp", "cancelled"])("a letter that exists is told wrongly as %s", (what) => {
  expect(wrong(aCase({ announcements: [...aCase().announcements, told(what, "r1")] }))).toEqual({
    announcedWrongly: 1,
  });
});

test.each([
  ["sent without a letter", told("sent", "r1", "c9")],
  ["sent as another letter", told("sent", "r2", "c1")],
  ["sent to another recipient", told("sent", "r1", "c1", { recipient: B })],
  ["a status of no letter", told("read", "r1", "c9")],
  ["a status that was never reached", told("confirmed", "r1", "c1")],
])("%s is told wrongly", (_what, announcement) => {
  expect(wrong(aCase({ announcements: [...aCase().announcements, announcement] }))).toEqual({ announcedWrongly: 1 });
});

test("two different ends are told wrongly, the same one twice is not", () => {
  const deadLetters = [dead("r1")];
  const once = told("rejected", "r1", undefined, deadLetter);
  expect(wrong(unsent({ deadLetters }, [once, told("rejected", "r1", undefined, deadLetter)]))).toEqual({});
  expect(wrong(unsent({ deadLetters }, [once, told("gaveUp", "r1")]))).toEqual({ announcedWrongly: 1 });
});

test("a purge of the recipient's does not make a cancelled letter", () => {
  const altinn = [letter("c1", "r1", { statuses: ["Published", "PurgedByRecipient"] })];
  const announcements = ["sent", "published", "purgedByRecipient", "cancelled"].map((what) => told(what, "r1", "c1"));
  expect(wrong(aCase({ altinn, announcements }))).toEqual({ announcedWrongly: 1 });
});

test("a dead letter beside a letter, and a message that is no announcement, are told wrongly", () => {
  const deadLetters = [dead("r1")];
  const announcements = [...aCase().announcements, told("tooLate", "r1", "c1")];
  const evidence = { ...aCase().evidence, deadLetters };
  expect(judge(aCase({ announcements, evidence })).faults.announcedWrongly).toHaveLength(1);
  expect(wrong(aCase({ unreadable: ["?"] }))).toEqual({ announcedWrongly: 1 });
});

test.each(["sent", "published", "read"])("a letter of which %s was not told is unannounced", (what) => {
  const announcements = aCase().announcements.filter(({ data }) => data.status !== what);
  expect(wrong(aCase({ announcements }))).toEqual({ unannounced: 1 });
});

test.each([
  ["a dead letter", { deadLetters: [dead("r1")] }],
  ["a cancelled dispatch", { dispatches: [dispatch("r1", { state: "cancelled" })] }],
])("%s of which nobody was told is unannounced", (_what, evidence) => {
  expect(wrong(unsent(evidence, []))).toEqual({ unannounced: 1 });
});

test("a cancel that came too late must be told", () => {
  const evidence = { ...aCase().evidence, dispatches: [dispatch("r1", { cancelOutcome: "tooLate" })] };
  expect(wrong(aCase({ evidence }))).toEqual({ unannounced: 1 });
  const tooLate = told("tooLate", "r1", "c1", { dispatchId: "dispatch r1" });
  expect(wrong(aCase({ evidence, announcements: [...aCase().announcements, tooLate] }))).toEqual({});
});

test("what waits is stuck", () => {
  expect(wrong(aCase({ waiting: ["1 message on dispatches", "dispatches/1.json"] }))).toEqual({ stuck: 2 });
});
