// Messages as the queue hands them over: parsed or not, base64 or not.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeMessage } from "../../shared/requests/decode.ts";

const bom = "\uFEFF";

describe("decodeMessage", () => {
  it("reads an object in every way in which it can come", () => {
    const key = fc.string({ unit: "grapheme" }).filter((name) => name !== "__proto__");
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), (written) => {
        const value = JSON.parse(JSON.stringify(written));
        const json = JSON.stringify(value);
        const ways = [
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
    ["a string", '"{}"', "object"],
    ["a number", "12345678", "object"],
    ["null", null, "object"],
    ["undefined", undefined, "object"],
    ["nested far too deep", `{"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}`, "depth"],
  ])("refuses %s and says why", (_, message, rule) => {
    const decoded = decodeMessage(message);
    expect(decoded).toMatchObject({ ok: false, problem: { path: "", rule } });
    if (!decoded.ok && typeof message === "string") expect(decoded.raw).toBe(message);
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
