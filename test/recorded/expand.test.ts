// The placeholders of the recorded cases come out as the recordings' description says.

import { describe, expect, it } from "vitest";
import { type Case, expandCase, loadCases } from "./expand.ts";

const expansion = {
  now: new Date("2026-11-21T12:00:00Z"),
  existing: { published: "p", large: "l", initialized: "i", foreign: "f", missing: "m" },
};

function expand(request: unknown): unknown {
  const recorded: Case = { name: "a case", via: "json", request, status: 200 };
  return expandCase(recorded, expansion).request;
}

describe("expandCase", () => {
  it("counts times from now", () => {
    expect(expand([{ $now: "+P7D" }, { $now: "-PT30M" }])).toEqual([
      "2026-11-28T12:00:00.000Z",
      "2026-11-21T11:30:00.000Z",
    ]);
  });

  it("gives the same letter the same UUID", () => {
    const made = expand({ a: [{ $uuid: "k" }, { $upper: "k" }, { $hex: "k" }, { $uuid: "l" }] });
    expect(made).toEqual({ a: [expect.any(String), expect.any(String), expect.any(String), expect.any(String)] });
    const [plain, upper, hex, other] = JSON.parse(JSON.stringify(made)).a;
    expect([upper.toLowerCase(), hex, other === plain]).toEqual([plain, plain.replaceAll("-", ""), false]);
  });

  it("repeats, joins, counts, and leaves out", () => {
    expect(expand({ $cat: [{ $x: ["ab", 2] }, "c"] })).toBe("ababc");
    expect(expand({ $list: [{ n: "f%i" }, 2] })).toEqual([{ n: "f1" }, { n: "f2" }]);
    expect(expand({ a: { $omit: true }, "$x:k:3": 1 })).toEqual({ kkk: 1 });
    expect(expand({ k: { $keys: 2 }, e: { $existing: "large" } })).toEqual({ k: { k1: "v", k2: "v" }, e: "l" });
    expect(expand({ $rnd: 40 })).toMatch(/^[\w-]{40}$/u);
  });

  it("makes different organisations that exist", () => {
    const made = expand({ $orgs: 300 });
    expect(Array.isArray(made) && new Set(made).size).toBe(300);
  });

  it("leaves no placeholder in any case", () => {
    const cases = loadCases();
    expect(cases.length).toBeGreaterThan(400);
    for (const recorded of cases) {
      expect(JSON.stringify(expandCase(recorded, expansion).request), recorded.name).not.toMatch(
        /"\$(?:now|uuid|hex|upper|cat|orgs|keys|list|rnd|existing|omit|x)[":]/u,
      );
    }
  });
});
