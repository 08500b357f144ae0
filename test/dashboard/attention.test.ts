// What needs somebody, and in which order it is told.
import { expect, it } from "vitest";
import { HOUR, MINUTE, timestamp } from "../../shared/clock.ts";
import { attentionOf } from "../../shared/dashboard/attention.ts";
import type { Parts, QueueLength } from "../../shared/dashboard/parts.ts";
import { countsByStatus } from "../../shared/finding/received.ts";

const NOW = Date.parse("2030-03-01T12:00:00Z");
const QUARTER = 15 * MINUTE;

type Seen = Parameters<typeof attentionOf>[0];

/** What is changed of an app of which all is well. */
type Changed = {
  readonly [K in Exclude<keyof Seen, "queues">]?: Partial<NonNullable<NonNullable<Parts[K]>["value"]>>;
} & {
  readonly queues?: readonly QueueLength[];
};

function seen(changed: Changed = {}): Seen {
  const part = <T>(value: T) => ({ value, asOf: timestamp(NOW), isFailing: false });
  return {
    sending: part({ breaker: "closed", lettersLastHour: 3, stopped: [], stopsAll: false, ...changed.sending } as const),
    token: part({ isGiven: true, ...changed.token }),
    following: part({ lastSweep: timestamp(NOW - QUARTER), missedEvents: 0, ...changed.following }),
    queues: part(changed.queues ?? [{ name: "dispatches", length: 900 }]),
    waiting: part({ asOf: timestamp(NOW), letters: 0, causes: [], requestsNotRead: 0, ...changed.waiting }),
    deadLetters: part({ total: 0, byReason: [], ...changed.deadLetters }),
    ...(changed.received
      ? { received: part({ byStatus: countsByStatus(), missing: 0, waiting: 0, ...changed.received }) }
      : {}),
  };
}

const kinds = (changed?: Changed) => attentionOf(seen(changed), NOW, QUARTER).map(({ kind }) => kind);

it("is nothing where all is well, however long the queues are", () => {
  expect(kinds()).toEqual([]);
});

it.each([
  ["a token that is refused", { token: { isGiven: false, failure: "token, 401" } }, "token"],
  ["the brake, whoever pulled it", { sending: { pause: { cause: "brake", reason: "operator" } } }, "brake"],
  ["the breaker of an instance", { sending: { breaker: "open" } }, "breaker"],
  ["a breaker that instances told of", { sending: { pause: { cause: "breaker" } } }, "breaker"],
  ["the brake or breaker of a sender", { sending: { stopped: ["oslo"] } }, "stopped"],
  ["letters that our set-up keeps", { waiting: { causes: [{ cause: "setUp", letters: 4 }] } }, "setUp"],
  ["poisoned messages", { queues: [{ name: "dispatches-poison", length: 1 }] }, "poison"],
  ["a timer that rests", { following: { lastSweep: timestamp(NOW - HOUR) } }, "sweep"],
  ["events that do not come", { following: { missedEvents: 20 } }, "events"],
  ["dead letters", { deadLetters: { total: 1 } }, "deadLetters"],
  [
    "received letters that wait long",
    { received: { waiting: 2, waitingSince: timestamp(NOW - HOUR) } },
    "receivedWaits",
  ],
] satisfies [string, Changed, string][])("is %s", (_what, changed, kind) => {
  expect(kinds(changed)).toEqual([kind]);
});

it("is not what is usual: a sweep that is a little late, a lost event, a brake that is off, letters that wait for others", () => {
  expect(kinds({ following: { lastSweep: timestamp(NOW - 2 * QUARTER), missedEvents: 19 } })).toEqual([]);
  expect(kinds({ waiting: { causes: [{ cause: "altinn", letters: 40 }] } })).toEqual([]);
  expect(kinds({ queues: [{ name: "dispatches-poison" }] })).toEqual([]);
  expect(kinds({ received: { waiting: 2, waitingSince: timestamp(NOW - HOUR + 1) } })).toEqual([]);
});

it("is told with the most urgent first, and storage that cannot be read before all", () => {
  const all = seen({
    token: { isGiven: false },
    sending: { pause: { cause: "brake", reason: "operator" } },
    deadLetters: { total: 2 },
    queues: [{ name: "correspondence-requests-poison", length: 2 }],
  });
  const failing = { ...all, waiting: { isFailing: true } };
  expect(attentionOf(failing, NOW, QUARTER).map(({ kind }) => kind)).toEqual([
    "storage",
    "token",
    "brake",
    "poison",
    "deadLetters",
  ]);
});

it("is a timer that never ran, once letters have gone long ago", () => {
  const following = { value: { missedEvents: 0 }, isFailing: false };
  const of = (age: number) => {
    const sent = seen({ sending: { lastLetter: timestamp(NOW - age) } });
    return attentionOf({ ...sent, following }, NOW, QUARTER);
  };
  expect(of(QUARTER)).toEqual([]);
  expect(of(HOUR)).toEqual([{ kind: "sweep" }]);
});
