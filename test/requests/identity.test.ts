// What identifies requests, dispatches and recipients: digests, name-based UUIDs, canonical forms.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { organization, organizationNumber, person, personNumber } from "../../local/parties.ts";
import { canonicalJson, requestDigest } from "../../shared/requests/digest.ts";
import { dispatchId, uuidV5 } from "../../shared/requests/dispatchId.ts";
import { canonicalRecipient, recipientFault } from "../../shared/requests/recipients.ts";

describe("the digest", () => {
  it("is of the canonical JSON of RFC 8785", () => {
    const value = {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27],
      string: '\u20ac$\u000f\nA\'B"\\\\"/',
      b: [null],
    };
    expect(canonicalJson(value)).toBe(
      '{"b":[null],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    expect(canonicalJson({ "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, ö: 7 })).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"\ud83d\ude00":5,"\ufb33":3}',
    );
    expect(requestDigest({})).toBe("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  });

  it("does not depend on the order of fields, and changes with any value", () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, field]) => [name, reversed(field)]),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, other) => {
        expect(requestDigest(reversed(value))).toBe(requestDigest(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
        if (canonicalJson(value) !== canonicalJson(other))
          expect(requestDigest({ value })).not.toBe(requestDigest({ value: other }));
        expect(requestDigest({ value })).not.toBe(requestDigest([value]));
      }),
    );
  });

  it("takes hostile JSON: deep nesting, lone surrogates, numbers beyond all, a field called __proto__", () => {
    const deep = JSON.parse("[".repeat(32_000) + "]".repeat(32_000));
    expect(canonicalJson(deep)).toHaveLength(64_000);
    expect(canonicalJson({ a: "\ud800", "\udc00": 1 })).toBe('{"a":"\\ud800","\\udc00":1}');
    expect(canonicalJson(JSON.parse("[1e400, -0]"))).toBe("[null,0]");
    expect(requestDigest(JSON.parse('{"__proto__": 1}'))).not.toBe(requestDigest({}));
  });
});

describe("name-based UUIDs", () => {
  it("are those of RFC 9562", () => {
    const dns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    expect(uuidV5(dns, "www.example.com")).toBe("2ed6657d-e927-568b-95e1-2665a8aea6a2");
    expect(() => uuidV5("nonsense", "x")).toThrow(RangeError);
  });

  it("differ for each namespace, request and recipient", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), fc.string(), fc.string(), fc.string(), (one, two, id, recipient, other) => {
        const made = dispatchId(one, id, recipient);
        expect(made).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(dispatchId(one.toUpperCase(), id, recipient)).toBe(made);
        if (one !== two) expect(dispatchId(two, id, recipient)).not.toBe(made);
        // The border between the two parts counts.
        if (other !== "")
          expect(dispatchId(one, id + other, recipient)).not.toBe(dispatchId(one, id, other + recipient));
      }),
    );
  });
});

describe("recipients", () => {
  it("have one canonical form", () => {
    const number = organizationNumber();
    expect(canonicalRecipient(`0192:${number}`)).toBe(organization());
    expect(canonicalRecipient(organization())).toBe(organization());
    expect(canonicalRecipient(personNumber())).toBe(person());
    expect(canonicalRecipient("urn:altinn:person:idporten-email:Kari@Example.COM")).toBe(
      "urn:altinn:person:idporten-email:kari@example.com",
    );
    expect(canonicalRecipient("urn:altinn:person:legacy-selfidentified:Kari")).toBe(
      "urn:altinn:person:legacy-selfidentified:kari",
    );
  });

  it.each([
    ["ÅSE", "åse"],
    ["KAR\u0130", "kar\u0130"],
    ["ΝΙΚΟΣ", "νικοσ"],
    ["\u212A\u1E9E", "kß"],
    ["𐐀x", "𐐨x"],
  ])("are lower-cased as .NET does it: %s", (written, lower) => {
    for (const kind of ["idporten-email:a@", "legacy-selfidentified:"]) {
      expect(canonicalRecipient(`urn:altinn:person:${kind}${written}`)).toBe(`urn:altinn:person:${kind}${lower}`);
    }
  });

  it("which is its own canonical form", () => {
    const parts = fc.constantFrom(
      "0192:",
      "urn:altinn:person:",
      "idporten-email:",
      "123456789",
      "A@b.no",
      personNumber(),
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 4 }), (written) => {
        const canonical = canonicalRecipient(written.join(""));
        expect(canonicalRecipient(canonical)).toBe(canonical);
        expect(recipientFault(canonical)).toBe(recipientFault(written.join("")));
      }),
    );
  });

  it("are persons only with both control digits", () => {
    const number = personNumber(3);
    expect(recipientFault(number)).toBeUndefined();
    for (let digit = 0; digit < 10; digit++) {
      for (const index of [9, 10]) {
        const changed = number.slice(0, index) + digit + number.slice(index + 1);
        if (changed !== number) expect(recipientFault(changed)).toBe("controlDigits");
      }
    }
    expect(recipientFault("٠١٠١٤٩٠٠٠٠٠")).toBe("format");
  });

  it("are users by e-mail address or by user name, without a colon in them", () => {
    const user = "urn:altinn:person:";
    const good = ["idporten-email:kari@example.com", "idporten-email:K+1@ø.no", "legacy-selfidentified:Kari 1"];
    const bad = ["idporten-email:a@b@c", "idporten-email:x:a@b.no", "idporten-email:a@", "idporten-email:"];
    const badName = ["legacy-selfidentified:", "legacy-selfidentified:a:b"];
    expect(good.map((name) => recipientFault(user + name))).toEqual([undefined, undefined, undefined]);
    expect(bad.map((name) => recipientFault(user + name))).toEqual(Array(4).fill("email"));
    expect(badName.map((name) => recipientFault(user + name))).toEqual(["format", "format"]);
  });
});
