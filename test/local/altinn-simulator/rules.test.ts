// Rules of the simulator beyond the recorded cases, from the contract's words: plain text, times, links, file names.

import { describe, expect, it } from "vitest";
import { parseTime } from "../../../local/altinn-simulator/model/values.ts";
import { fileNameError } from "../../../local/altinn-simulator/rules/fileNames.ts";
import { isPlainText } from "../../../local/altinn-simulator/rules/plainText.ts";
import { isReplyLink } from "../../../local/altinn-simulator/rules/replyLink.ts";

describe("plain text", () => {
  it.each([
    "**x**",
    "a < b",
    "[1]",
    "$100 og $200",
    "`kode`",
    "C:\\mappe",
    "a_b",
    "2^10",
    "C++ og C++",
    "#1",
    "***",
    "a\nb",
    "a\n# b",
    "a\n---",
    "{.a}1$",
  ])("is %j", (text) => expect(isPlainText(text)).toBe(true));
  it.each(["<!-- c -->", "&amp;", "&#65;", "~~x~~", "H~2~O", "x^y^", "++x++", "==x==", "$$x$$", "---", "{navn}"])(
    "is not %j",
    (text) => expect(isPlainText(text)).toBe(false),
  );
});

describe("times in JSON", () => {
  it.each([
    ["2099-01-01", "2099-01-01T00:00:00.000Z"],
    ["2099-01-01T08:00Z", "2099-01-01T08:00:00.000Z"],
    ["2099-01-01T08:00:00.1234567+01:00", "2099-01-01T07:00:00.123Z"],
    ["2099-01-01T08:00:00.57+01", "2099-01-01T07:00:00.570Z"],
    ["2099-01-01T08:00:00+0100", undefined],
    ["2099-02-29T00:00:00Z", undefined],
    ["2099-01-01T24:00:00Z", undefined],
    ["2099-01-01t08:00:00z", undefined],
  ])("%s", (text, read) => {
    const time = parseTime(text);
    expect(time === undefined ? undefined : new Date(time).toISOString()).toBe(read);
  });
});

describe("reply links", () => {
  it.each([
    ["https://example.com:8080/%C3%A6", true],
    ["https://example.com/%zz", false],
    ["https://", false],
    ["https://example.com/a\\b", false],
    [`https://example.com/${"a".repeat(236)}`, false],
  ])("%s: %s", (link, fine) => expect(isReplyLink(link)).toBe(fine));
});

describe("file names", () => {
  it.each([
    ["vedtak", 2013],
    ["a:b.pdf", 2012],
    ["a|b.pdf", 2012],
    ["LPT9.pdf", 2021],
    ["nul.tar.zip", 2021],
    ["COM10.pdf", undefined],
    ["bilde.DICOM", undefined],
  ])("%s: %s", (name, error) => expect(fileNameError(name)).toBe(error));
});
