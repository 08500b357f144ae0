// Index tags: every text becomes a value that Azure takes, and different texts different values.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256, tagValue, whereTag } from "../../shared/storage/tags.ts";

const ALLOWED = /^[A-Za-z0-9 +\-./:=_]{0,256}$/;
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({ unit: fc.constantFrom("a", "Z", "0", " ", "+", "-", ".", "/", ":", "=", "_", "é"), maxLength: 300 }),
  fc.string().map((text) => `b64:${text}`),
  fc.string().map((text) => `sha256:${text}`),
);

describe("a tag value", () => {
  it.each([
    ["test-letters", "test-letters"],
    ["urn:altinn:resource:test_letters", "urn:altinn:resource:test_letters"],
    ["vedtak/2030 +1=.", "vedtak/2030 +1=."],
    ["søknad", "b64:c8O4a25hZA"],
    ["it's", "b64:aXQncw"],
    ["b64:c8O4a25hZA", "b64:YjY0OmM4TzRhMjVoWkE"],
  ])("of %s is %s", (text, value) => {
    expect(tagValue(text)).toBe(value);
  });

  it("is the text itself up to 256 characters, and a hash beyond", () => {
    expect(tagValue("a".repeat(256))).toBe("a".repeat(256));
    expect(tagValue("a".repeat(257))).toBe(`sha256:${sha256("a".repeat(257))}`);
    expect(tagValue("é".repeat(200))).toBe(`sha256:${sha256("é".repeat(200))}`);
  });

  it("has only the characters that Azure allows, and as many", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tagValue(text)).toMatch(ALLOWED);
      }),
    );
  });

  it("is the same for the same text and never for two", () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        expect(tagValue(one) === tagValue(other)).toBe(one === other);
      }),
    );
  });

  it("is not that of another text which looks like its hash", () => {
    const long = "a".repeat(257);
    expect(tagValue(tagValue(long))).not.toBe(tagValue(long));
  });

  it("cannot be mistaken for the coded value of another text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tagValue(tagValue(text)) === tagValue(text)).toBe(tagValue(text) === text);
      }),
    );
  });
});

describe("a condition", () => {
  it("quotes key and value as Find Blobs by Tags wants them", () => {
    expect(whereTag("due", "<=", "2030-03-01T10:00:00.000Z")).toBe(`"due" <= '2030-03-01T10:00:00.000Z'`);
  });

  it("cannot be broken out of by any text that is made a tag value", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(whereTag("resource", "=", tagValue(text)).split("'")).toHaveLength(3);
      }),
    );
  });
});

describe("a hash", () => {
  it("is SHA-256 of the UTF-8 bytes, in hex", () => {
    expect(sha256("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(sha256("æ")).toBe("889be819e24eaa58cd98ff071bc5aa9d9d6b3fea8d62c6cd43778c7370d2bf60");
  });
});
