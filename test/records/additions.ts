// Records of one correspondence for tests: builders, and generators of everything that can be heard of it.
import fc from "fast-check";
import { organization } from "../../local/parties.ts";
import { HOUR } from "../../shared/clock.ts";
import type { CorrespondenceRecord, Link } from "../../shared/records/correspondenceRecord.ts";
import { type Fact, SOURCES, STATUSES } from "../../shared/records/facts.ts";
import { type Addition, merge, recordOf } from "../../shared/records/mergeCorrespondence.ts";

export const CORRESPONDENCE_ID = "5a2f0a3e-1f7b-4c53-9d5e-0b6a3c9e1d42";
export const DISPATCH_ID = "c7a1c2d4-3b5e-5f60-8a71-92b3c4d5e6f7";

/** 1 March 2030, 10:00 UTC. */
export const NOON = Date.UTC(2030, 2, 1, 10);

/** A link that is valid as it is. */
export function aLink(overrides: Partial<Link> = {}): Link {
  return {
    requestId: "case-1",
    dispatchId: DISPATCH_ID,
    digest: "0".repeat(64),
    recipient: organization(),
    sendersReference: "2030/1",
    isConfirmationNeeded: false,
    postedAt: NOON,
    ...overrides,
  };
}

/** Something heard of the correspondence: nothing, until the test says what. */
export function heard(overrides: Partial<Addition> = {}): Addition {
  return { correspondenceId: CORRESPONDENCE_ID, heardAt: NOON, ...overrides };
}

/** One fact alone. */
export function told(status: Fact["status"], source: Fact["source"] = "overview", time = NOON): Addition {
  return heard({ facts: [{ status, source, time }] });
}

/** The record that the additions amount to, in this order. */
export function recordFrom(first: Addition, ...others: readonly Addition[]): CorrespondenceRecord {
  return others.map(recordOf).reduce(merge, recordOf(first));
}

/** Few enough that different additions often tell the same time. */
const time = fc.integer({ min: 0, max: 30 }).map((hours) => NOON + hours * HOUR);

export const factArbitrary: fc.Arbitrary<Fact> = fc.record({
  status: fc.constantFrom(...STATUSES),
  source: fc.constantFrom(...SOURCES),
  time,
});

const linkArbitrary: fc.Arbitrary<Link> = fc.record(
  {
    requestId: fc.constantFrom("case-1", "case-2"),
    dispatchId: fc.constant(DISPATCH_ID),
    digest: fc.constantFrom("0".repeat(64), "1".repeat(64)),
    recipient: fc.constantFrom(organization(0), organization(1)),
    sendersReference: fc.constantFrom("2030/1", "2030/2"),
    statusQueue: fc.constant("status-of-one-system"),
    traceparent: fc.constantFrom("00-1", "00-2"),
    tracestate: fc.constantFrom("a=1", "a=2"),
    isConfirmationNeeded: fc.boolean(),
    postedAt: time,
    requestedPublishTime: time,
    dueDateTime: time,
    publishBy: time,
    attachmentsExpire: time,
  },
  {
    requiredKeys: [
      "requestId",
      "dispatchId",
      "digest",
      "recipient",
      "sendersReference",
      "isConfirmationNeeded",
      "postedAt",
    ],
  },
);

/** Everything but who sent it: an event, an overview, the details, a list. */
export const unlinkedArbitrary: fc.Arbitrary<Addition> = fc.record(
  {
    correspondenceId: fc.constant(CORRESPONDENCE_ID),
    heardAt: time,
    resourceId: fc.constantFrom("test-letters", "other-letters"),
    eventResourceId: fc.constantFrom("a-letters", "z-letters"),
    created: time,
    publishTime: time,
    facts: fc.array(factArbitrary, { maxLength: 6 }),
    unknownTypes: fc.dictionary(fc.constantFrom("correspondencefolded", "correspondencelost", "x"), time, {
      maxKeys: 3,
    }),
    notificationOrders: fc.array(fc.constantFrom("order-1", "order-2", "order-3"), { maxLength: 4 }),
    foreignSince: time,
    checkOwedAt: time,
    checkedAt: time,
  },
  { requiredKeys: ["correspondenceId", "heardAt"] },
);

/** What any addition can be. */
export const additionArbitrary: fc.Arbitrary<Addition> = fc
  .tuple(unlinkedArbitrary, fc.option(linkArbitrary, { nil: undefined }))
  .map(([addition, link]) => (link ? { ...addition, link } : addition));

/** What any record can be. */
export const recordArbitrary: fc.Arbitrary<CorrespondenceRecord> = fc
  .tuple(additionArbitrary, fc.array(additionArbitrary, { maxLength: 3 }))
  .map(([first, others]) => recordFrom(first, ...others));
