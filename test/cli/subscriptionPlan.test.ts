import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coverOf, endPointOf, lookAt, masked, supersededBy } from "../../cli/altinn/subscriptionPlan.ts";
import type { Subscription } from "../../shared/altinn/eventsApi.ts";

const APP = "https://app.example.test";
const KEY = "present/key+==";
const webhook = { app: APP, key: KEY };

function subscription(values: Partial<Subscription> = {}): Subscription {
  return {
    id: 1,
    endPoint: endPointOf(webhook),
    resourceFilter: "urn:altinn:resource:letters",
    validated: true,
    ...values,
  };
}

const seen = (...all: Subscription[]) => lookAt(all, webhook, ["letters", "invoices"]);
const old = endPointOf({ app: APP, key: "old" });

describe("an endpoint", () => {
  it("has its key in the query, and is shown without it", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 20, unit: "grapheme-ascii" }), (key) => {
        const endPoint = endPointOf({ app: APP, key });
        expect(new URL(endPoint).searchParams.get("code")).toBe(key);
        expect(masked(endPoint)).toBe(`${APP}/api/altinn-events?code=***`);
      }),
    );
  });

  it("that is somebody else's is shown without what may be secret", () => {
    expect(masked("https://user:word@other.example.test/hook?token=1&token=2&x=3")).toBe(
      "https://other.example.test/hook?token=***&x=***",
    );
    expect(masked("nonsense")).toBe("(not an address)");
  });
});

describe("whose a subscription is", () => {
  it.each([
    [endPointOf(webhook), "current"],
    [`${APP}:443/api/altinn-events?code=${encodeURIComponent(KEY)}`, "current"],
    [old, "otherKey"],
    [`${APP}/api/altinn-events`, "otherKey"],
    [`${APP}/api/other?code=${encodeURIComponent(KEY)}`, "elsewhere"],
    [endPointOf({ app: "https://other.example.test", key: KEY }), "elsewhere"],
    ["nonsense", "elsewhere"],
  ])("%s is %s", (endPoint, place) => {
    expect(seen(subscription({ endPoint }))[0]?.place).toBe(place);
  });
});

describe("what matches nothing, or too much", () => {
  it.each<[Partial<Subscription>, RegExp]>([
    [{ typeFilter: "" }, /matches nothing/],
    [{ subjectFilter: "" }, /matches nothing/],
    [{ typeFilter: "no.altinn.correspondence.correspondencepublished" }, /one type/],
    [{ subjectFilter: "urn:altinn:organization:identifier-no:310000000" }, /other recipients/],
    [{ sourceFilter: "https://platform.altinn.no/%" }, /matches nothing/],
    [{ resourceFilter: "letters" }, /does not begin with/],
    [{ resourceFilter: null }, /no resourceFilter/],
    [{ resourceFilter: "urn:altinn:resource:archive" }, /ALTINN_RESOURCES/],
  ])("%j is warned of", (values, warning) => {
    expect(seen(subscription(values))[0]?.warnings.join()).toMatch(warning);
  });

  it("two of the same are warned of once, and those of others never", () => {
    const warnings = seen(subscription(), subscription({ id: 2 })).map(({ warnings }) => warnings.length);
    expect(warnings).toEqual([0, 1]);
    expect(seen(subscription({ endPoint: "https://other.example.test/", typeFilter: "" }))[0]?.warnings).toEqual([]);
  });
});

describe("whether a resource's events come", () => {
  const state = (...all: Subscription[]) => coverOf(seen(...all), ["letters"])[0]?.state;

  it.each([
    [[], "missing"],
    [[subscription()], "validated"],
    [[subscription({ validated: false })], "notValidated"],
    [[subscription({ validated: false }), subscription({ id: 2 })], "validated"],
    [[subscription({ endPoint: old })], "missing"],
    [[subscription({ typeFilter: "" })], "missing"],
    [[subscription({ resourceFilter: "urn:altinn:resource:invoices" })], "missing"],
  ])("%j: %s", (all, expected) => {
    expect(state(...all)).toBe(expected);
  });
});

it("of those with another key none may go that is still needed", () => {
  const subscriptions = fc.array(
    fc.record({
      id: fc.nat(),
      endPoint: fc.constantFrom(endPointOf(webhook), old, "https://other.example.test/"),
      resourceFilter: fc.constantFrom("letters", "invoices", "archive").map((id) => `urn:altinn:resource:${id}`),
      validated: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(subscriptions, (all) => {
      const { removable, needed } = supersededBy(seen(...all), ["letters", "invoices"]);
      expect(removable.length + needed.length).toBe(all.filter(({ endPoint }) => endPoint === old).length);
      const left = all.filter((one) => !removable.some(({ subscription }) => subscription === one));
      for (const resourceId of ["letters", "invoices"]) {
        const isOfIt = ({ resourceFilter }: Subscription) => resourceFilter === `urn:altinn:resource:${resourceId}`;
        const works = (list: readonly Subscription[]) =>
          list.some((one) => isOfIt(one) && one.validated && one.endPoint.startsWith(APP));
        expect(works(left)).toBe(works(all));
      }
    }),
  );
});

describe("a receiver", () => {
  const receiver = { resources: ["theirs", "letters"], organisation: "991825827" };
  const subjectFilter = "urn:altinn:organization:identifier-no:991825827";
  const theirs = (values: Partial<Subscription> = {}) =>
    subscription({ resourceFilter: "urn:altinn:resource:theirs", subjectFilter, ...values });
  const cover = (...all: Subscription[]) => coverOf(lookAt(all, webhook, ["letters"], receiver), ["letters"], receiver);

  it("wants what is about its organisation on each resource where it does not send", () => {
    expect(cover(subscription())).toEqual([
      { resourceId: "letters", state: "validated" },
      { resourceId: "theirs", state: "missing", organisation: "991825827" },
    ]);
    expect(cover(subscription(), theirs())[1]?.state).toBe("validated");
    expect(cover(theirs({ subjectFilter: null }))[1]?.state).toBe("validated");
    expect(cover(theirs({ validated: false }))[1]?.state).toBe("notValidated");
  });

  it.each([
    { subjectFilter: "urn:altinn:organization:identifier-no:310000000" },
    { typeFilter: "no.altinn.correspondence.correspondencepublished" },
    { resourceFilter: "urn:altinn:resource:other" },
  ])("is not served by one with %j", (values) => {
    expect(cover(theirs(values))[1]?.state).toBe("missing");
    expect(lookAt([theirs(values)], webhook, ["letters"], receiver)[0]?.warnings).not.toEqual([]);
  });

  it("is not warned of its own, and keeps one with the old key until the new one is validated", () => {
    const before = theirs({ id: 2, endPoint: old });
    const now = (...all: Subscription[]) =>
      supersededBy(lookAt(all, webhook, ["letters"], receiver), ["letters"], receiver);
    expect(lookAt([theirs()], webhook, ["letters"], receiver)[0]?.warnings).toEqual([]);
    expect(now(before).needed).toHaveLength(1);
    expect(now(before, theirs()).removable).toHaveLength(1);
  });
});
