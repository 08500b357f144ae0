// Messages as the queue hands them over: parsed or not, base64 or not.
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeMessage } from "../../shared/requests/decode.ts";
import { findJsonFault } from "../../shared/requests/jsonFault.ts";

const bom = "\uFEFF";

describe("decodeMessage", () => {
  it("reads an object in every way in which it can come", () => {
    const key = fc.string({ unit: "grapheme" }).filter((name) => name !== "__proto__");
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), (written) => {
        const value = JSON.parse(JSON.stringify(written));
        const json = JSON.stringify(value);
        const base64 = (text: string | Buffer) => Buffer.from(text).toString("base64");
        const utf16 = Buffer.from(json, "utf16le");
        const ways = [
          utf16,
          Buffer.from(`${bom}${json}`, "utf16le"),
          Buffer.from(utf16).swap16(),
          base64(utf16),
          base64(base64(json)),
          base64(`${base64(json)}\n`),
          JSON.stringify(json),
          JSON.stringify(base64(json)),
          base64(JSON.stringify(json)),
          Buffer.from(base64(base64(utf16))),
          value,
          json,
          `${bom}${json}`,
          ` \r\n${json}\n`,
          Buffer.from(json),
          Buffer.from(json).toString("base64"),
          Buffer.from(json).toString("base64").replace(/=+$/, ""),
          Buffer.from(`${bom} ${json}\n`).toString("base64"),
          `${bom}${Buffer.from(json).toString("base64")}\r\n`,
        ];
        for (const way of ways) expect(decodeMessage(way)).toEqual({ ok: true, value });
      }),
    );
  });

  it.each([
    ["nothing", "", "empty"],
    ["white space", " \n", "empty"],
    ["text", "hello", "json"],
    ["half an object", '{"a":', "json"],
    ["base64 of text", Buffer.from("hello there").toString("base64"), "json"],
    ["base64 of a list", Buffer.from("[]").toString("base64"), "object"],
    ["bytes that are not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]).toString("base64"), "json"],
    ["a list", "[]", "object"],
    ["a string", '"Hei"', "object"],
    ["bytes that are not UTF-8, as they are", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), "encoding"],
    ["half a character in UTF-16", Buffer.from('{"a":"\ud800"}', "utf16le"), "encoding"],
    ["wrapped four times", [1, 2, 3, 4].reduce((text) => JSON.stringify(text), "{}"), "object"],
    ["a number", "12345678", "object"],
    ["null", null, "object"],
    ["undefined", undefined, "object"],
    ["nested far too deep", `{"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}`, "depth"],
    ["nested too deep in base64", Buffer.from(`{"a":${"[".repeat(64)}${"]".repeat(64)}}`).toString("base64"), "depth"],
    ["brackets that nobody closes", "[".repeat(30_000), "depth"],
    ["too many values", `{"a":[${"{},".repeat(50_000)}{}]}`, "size"],
    ["too much text", `{"a":"${"x".repeat(8_000_000)}"}`, "size"],
    ["empty objects", Buffer.from(`[${"{},".repeat(500_000)}{}]`), "size"],
    ["too many names", `{${'"a":1,'.repeat(50_000)}"a":1}`, "size"],
    ["a wrapping beyond measure", JSON.stringify("x".repeat(16_000_001)), "object"],
  ])("refuses %s and says why", (_, message, rule) => {
    const decoded = decodeMessage(message);
    expect(decoded).toMatchObject({ ok: false, problem: { path: "", rule } });
    if (!decoded.ok && typeof message === "string") expect(decoded.raw).toBe(message);
  });

  it.each([
    ["commas and brackets in a text", JSON.stringify({ a: `${",".repeat(60_000)}${"[".repeat(70)}\\"[` })],
    ["64 levels", `{"a":${"[".repeat(63)}${"]".repeat(63)}}`],
    ["the longest body in escapes", `{"a":"${"\\u0041".repeat(1_000_000)}"}`],
  ])("reads %s", (_, message) => {
    expect(decodeMessage(message)).toMatchObject({ ok: true });
  });

  it.each([
    ["base64", "abcd"],
    ["base64 of addresses", "ab-_"],
    ["spaces", " "],
    ["points", "."],
  ])("tells what 16 MB of %s are, and does not throw", (_, part) => {
    expect(decodeMessage(part.repeat(4_000_000))).toMatchObject({ ok: false });
  });

  const gzip = gzipSync("{}");
  const event = { id: "1", eventType: "a", data: {} };
  it.each([
    ["a trailing comma", '{\n  "a": [1, 2],\n}', "At line 3, column 1, a comma stands before a closing brace."],
    [
      "a comma too many in a list",
      '{"a": [1,]}',
      "At line 1, column 10, a comma or colon stands there with nothing after",
    ],
    ["single quotes", "{'a': 1}", "At line 1, column 2, single quotes"],
    ["a line break in a text", '{"a": "b\nc"}', "At line 1, column 9, a line break"],
    ["a Windows path", '{"a": "C:\\drop"}'.replace("\\\\", "\\"), "At line 1, column 10, a backslash"],
    ["a comment", '{\r\n"a": 1 // b\r\n}', "At line 2, column 8, a comment"],
    ["Python's names", '{"a": True}', "At line 1, column 7, something stands there that is no JSON"],
    ["a comma that is missing", '{"a": 1\n"b": 2}', "At line 2, column 1, a comma or a closing bracket is missing"],
    ["quotation marks of a word processor", "{\u201ca\u201d: 1}", "At line 1, column 2, typographic quotation marks"],
    ["two at once", "{}\n{}", "At line 2, column 1, more follows after the end"],
    ["a half", '{"a": {"b": 1', "it ends too early, as if cut off"],
    ["a half in a text", '{"a": "bcd', "At line 1, column 11, it ends within a text"],
    [
      "the same in base64",
      Buffer.from('{"a": 1,}').toString("base64"),
      "(inside base64). At line 1, column 9, a comma",
    ],
    ["XML", "<brev><id>1</id></brev>", "looks like XML"],
    [
      "the XML of a call",
      "<QueueMessage><MessageText>{}</MessageText></QueueMessage>",
      "Put the JSON into its MessageText",
    ],
    ["the fields of a form", "id=1&recipients%5B0%5D=2", "fields of a form"],
    ["parts of a form", '--a1b2\r\nContent-Disposition: form-data; name="id"', "fields of a form"],
    ["gzip", gzip, "It is gzip"],
    ["gzip in base64", gzip.toString("base64"), "It is gzip"],
    ["a PDF", Buffer.from("%PDF-1.7 \u00ff", "latin1").toString("base64"), "It is a PDF file"],
    ["UTF-32", Buffer.from("7b0000007d000000", "hex"), "UTF-32"],
    [
      "base64 that was cut off",
      Buffer.from('{"a": "blåbærsyltetøy"}').toString("base64").slice(0, 25),
      "looks like base64",
    ],
    ["a list around it", "[{}]", "without the square brackets"],
    ["Event Grid's list", JSON.stringify([event]), "list of events (Event Grid)"],
  ])("says what it takes %s for, and where", (_, message, text) => {
    const decoded = decodeMessage(message);
    expect(decoded.ok ? "" : decoded.problem.message).toContain(text);
  });

  it("finds a fault in what JSON.parse refuses, and in nothing else, and shows nothing of it", () => {
    const tampered = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom("", "x", ",", '"', "'", "{", "]", ":", "\\", "\n", "0", "-", "\0", "e"),
      )
      .map(
        ([json, place, sign]) =>
          `${json.slice(0, place % (json.length + 1))}${sign}${json.slice((place % (json.length + 1)) + 1)}`,
      );
    fc.assert(
      fc.property(fc.oneof(fc.json(), tampered, fc.string()), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect(findJsonFault(text) === undefined).toBe(isJson);
      }),
      { numRuns: 2_000 },
    );
    expect(JSON.stringify(findJsonFault('{"Hemmelig": Navnesen}'))).not.toMatch(/Hemmelig|Navnesen/);
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.anything(), (message) => {
        const decoded = decodeMessage(message);
        if (decoded.ok) expect(typeof decoded.value).toBe("object");
        else expect(typeof decoded.raw).toBe("string");
      }),
    );
  });
});
