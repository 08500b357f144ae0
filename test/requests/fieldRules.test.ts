// The rules of single fields, with what .NET and Altinn's own libraries make of the same values.
import { describe, expect, it } from "vitest";
import { isBlobPath } from "../../shared/requests/blobPath.ts";
import { ticksAt, ticksOf } from "../../shared/requests/dateTime.ts";
import { isEmailAddress } from "../../shared/requests/emailAddress.ts";
import { enumNumber, notificationChannels } from "../../shared/requests/enumeration.ts";
import { fileNameFault } from "../../shared/requests/fileName.ts";
import { fitsIndex } from "../../shared/requests/indexedText.ts";
import { isMobileNumber } from "../../shared/requests/mobileNumber.ts";
import { readsOtherwise } from "../../shared/requests/readsOtherwise.ts";
import { isReplyLink } from "../../shared/requests/replyLink.ts";

const LONG = 2_000_000;

describe("times", () => {
  it.each([
    ["2099-01-01", "2099-01-01T00:00:00.000Z"],
    ["2099-01-01T08:00", "2099-01-01T08:00:00.000Z"],
    ["2099-01-01T08:00Z", "2099-01-01T08:00:00.000Z"],
    ["2099-01-01T08:00:00+01", "2099-01-01T07:00:00.000Z"],
    ["2099-01-01T08:00:00.Z", "2099-01-01T08:00:00.000Z"],
    ["2096-02-29T00:00:00-14:00", "2096-02-29T14:00:00.000Z"],
    ["0001-01-01", "0001-01-01T00:00:00.000Z"],
  ])("are read: %s", (text, instant) => {
    expect(ticksOf(text)).toBe(ticksAt(Date.parse(instant)));
  });

  it.each([
    ["2099-01-01T08:00:00.1234567Z", "2099-01-01T08:00:00.123Z", 4567n],
    ["2099-01-01T08:00:00.12345679Z", "2099-01-01T08:00:00.123Z", 4567n],
    ["1969-12-31T23:59:59.9999999", "1969-12-31T23:59:59.999Z", 9999n],
  ])("are read to 100 ns: %s", (text, instant, rest) => {
    expect(ticksOf(text)).toBe(ticksAt(Date.parse(instant)) + rest);
  });

  it.each(
    (
      "2099-01-01T08:00:00. 2099-01-01T08:00:00.12345678901234567Z 2099-01-01T08:00:00,1Z 2099-01-01T08:00:00+0100 2099-01-01T08:00:00+14:01 " +
      "2099-01-01t08:00:00z 2099-1-1 20990101 2099-02-30 2099-02-29 2099-01-01T24:00:00 2099-01-01T23:59:60Z 2099-01-01T08Z " +
      "2099-01 2099-01-01T 2099-01-01Z 2099-01-01T08:0:00 2099-01-01T08:00:00+1:00 0000-01-01 2099-13-01 2099-01-01T08:60:00 " +
      "2099-01-01T08:00:00+01:60 2099-01-01T08:00.5Z 0001-01-01T00:00:00+01:00 9999-12-31T23:59:59-01:00"
    ).split(" "),
  )("are not read: %s", (text) => {
    expect(ticksOf(text)).toBeUndefined();
  });
});

describe("enumerations", () => {
  it.each([
    ["Email", 0],
    ["sms", 1],
    [" Sms ", 1],
    ["Email,Sms", 1],
    ["+1", 1],
    [4, 4],
    [9, 9],
    ["", undefined],
    ["Fax", undefined],
    ["1.0", undefined],
    [1.5, undefined],
    [2_147_483_648, undefined],
    [true, undefined],
  ])("%j stands for %j", (value, number) => {
    expect(enumNumber(value, notificationChannels)).toBe(number);
  });
});

describe("reply links", () => {
  it.each([
    "https://a.no/b?c?d",
    "https://user@host/",
    "https://[::1]/",
    "https://a_b.no/",
    "https://-a.no/",
    "https://a.no:/x",
    "https://a.no/æ?ø=å#ö",
    "https://a.no/'x'(y)*!$&+,;=@:",
    "https://a.no/b/../c//d",
    "https://a.no.",
    "https://a.no/{navn}|æ",
    "https://a.no:65535/%c3%b8",
  ])("are taken: %s", (link) => {
    expect(isReplyLink(link)).toBe(true);
  });

  it.each([
    "https://",
    "https:///a",
    "https:/a",
    "https://a.no:99999/",
    "https://a.no:80a/",
    "https://a.no/%zz",
    "https://a.no/%2",
    "https://a.no/b\\c",
    "https://a.no/b\tc",
    'https://a.no/"b"',
    "https://a.no/<b>",
    "https://a.no/^b",
    "https://a.no/`b",
    "https://a.no/#b#c",
    "https://a..no/",
    "https://.no",
    "https://exa mple.com",
    "https://!",
    "https://ex%61mple.com/",
    "https://[::1",
    "https://a.no/x?y=[1]",
    "https://a.no/{recipient}",
    "ftp://a.no/",
  ])("are refused: %s", (link) => {
    expect(isReplyLink(link)).toBe(false);
  });
});

describe("plain text", () => {
  it.each([
    "Vedtak [1] (se vedlegg)",
    "R&D, AT&T &unknown; & amp;",
    "a < b, <3, 5 <= 6",
    "$100 og $200, $5-$6",
    "x^2",
    "10 m^ 2 og 5 m^ 2",
    "{{navn}} {år} {=a} {.a} {#a} {a b c æ} {a=}",
    "mailto:a tel: 99 Tel:99 hotel:99",
    "USD$ 5 $, $5 og $6",
    '"a" ""',
    "a::b",
    "[a][b] ~http://a.no/~",
    "(http://a.no/~b~)",
    "se ~http://a.no/~b",
    "C++ og D++",
    "#1 #merkelapp nr. #2",
    "a # b",
    "a == b == c",
    "www.example.com https://example.com/søknad post_1@example.com",
    "Hei {{recipientName}}",
    "--- a",
    "[a]: b c",
    "[ ]: b",
    "[a] (b)",
    "*[HTML]: x",
    "a\n# b",
    "~5 til ~6",
    "-~2026)æ~~",
    '""[/,æ""1',
    "--====2026|==::",
    "[[a] tel:99",
    "b mailto:a@b.no.)a",
    "Hei </",
  ])("may be: %s", (title) => {
    expect(readsOtherwise(title)).toBe(false);
  });

  it.each([
    "<b>Hei",
    "a </3",
    "a <!-- b -->",
    "Skatt &amp; avgift",
    "50 &euro;",
    "&copy 2030",
    "a&#8211;b",
    "## Vedtak",
    "#",
    "se [her](https://example.com/a)",
    "![bilde](a.png)",
    "dette er ~~ikke~~ viktig",
    "m^2^ og H~2~O",
    "++ny++",
    "==viktig==",
    "formel $x$.",
    "---",
    "~~~",
    "::: note",
    "[^1]: fotnote",
    "[a]: https://example.com",
    "se http://example.com/a_b",
    "a\0b",
    "\\# `a`",
    "10 m^2 og 5 m^2",
    "Hei {navn}",
    "Tilbud [2026] {utkast}",
    "{ a .bc #de f=g}",
    'x{a="b c"}',
    "{:a}",
    "{}",
    "$$x$$",
    "$-x-$ og",
    '""a""',
    "a ::b:: c",
    "se mailto:a@b.no",
    "ring tel:99999999",
    "(http://a.no) ==b==",
    "http://a.no/b?c=d {navn}",
    "~2~-\u203a",
    "++a+++",
    "a&ampb",
  ])("is surely not: %s", (title) => {
    expect(readsOtherwise(title)).toBe(true);
  });
});

describe("contacts", () => {
  it.each(["a@b.no", "æ.ø@å.no", '"a b"@c.no', "a+b!#$%@c-d.museum", "a@127.0.0.1", "a@b.c.d.no"])("%s", (address) => {
    expect(isEmailAddress(address)).toBe(true);
  });

  it.each([
    "a@b",
    "a@b.c",
    "a@b..no",
    "a@-b.no",
    ".a@b.no",
    "a.@b.no",
    "a b@c.no",
    "a@b.no x",
    "",
    "a@b.1234",
    '"a;b"@c.no',
  ])("no address: %s", (address) => {
    expect(isEmailAddress(address)).toBe(false);
  });

  it("answers fast, whatever it is asked", () => {
    // Were these searched from each of their letters, it would take hours.
    expect(isEmailAddress(`${"a.".repeat(LONG)}@`)).toBe(false);
    expect(isEmailAddress(`a@${"a.".repeat(LONG)}`)).toBe(false);
    expect(readsOtherwise(`[${"a ".repeat(LONG)}`)).toBe(false);
    expect(isMobileNumber(`+${"1 ".repeat(LONG)}!`)).toBe(false);
  });

  it("reads telephone numbers as libphonenumber does, signs, keys and extensions included", () => {
    const read = ["++4799999999", "+47*99999999", "+4799999999x", "+4799999999;ext=5", "+1 800 FLOWERS", "+47٩٩٩٩٩٩٩٩"];
    expect(read.filter((number) => !isMobileNumber(number))).toEqual([]);
    const unread = [
      "+47 9999 9999 abc",
      "+47abcdefgh",
      "+47\t99999999",
      "+47,99999999",
      `+47${" ".repeat(250)}99999999`,
    ];
    expect(unread.filter(isMobileNumber)).toEqual([]);
  });

  it("knows telephone numbers by their country's plan", () => {
    expect(["+4799999999", "004799999999", "+47 99-99 99 99", "+46701234567"].filter(isMobileNumber)).toHaveLength(4);
    expect(["99999999", "+4712345678", "+1", "x", "(+47)99999999", ""].filter(isMobileNumber)).toEqual([]);
  });
});

describe("names of files and blobs", () => {
  it("of files end in an allowed type and fit Windows", () => {
    expect(["a.PDF", ".pdf", "a..pdf", "a b.json", "COM10.txt"].map(fileNameFault)).toEqual(Array(5).fill(undefined));
    expect(["a", "a.exe", "a.pdf.", "a:b.pdf", "a\tb.pdf", "Com1.txt", "nul.a.pdf", " "].map(fileNameFault)).toEqual([
      "fileType",
      "fileType",
      "fileType",
      "fileName",
      "fileName",
      "reservedFileName",
      "reservedFileName",
      "required",
    ]);
  });

  it("of blobs are relative and have one form", () => {
    expect(["a", "a/b.pdf", "2030/æ ø.pdf", "a..b/c:d"].filter(isBlobPath)).toHaveLength(4);
    expect(["", "/", "a/", "./a", "a/../b", "..", "\ud800", "a\u007f", "http://a/b"].filter(isBlobPath)).toEqual([]);
  });
});

describe("long references", () => {
  it("fit Altinn's index when short or repetitive", () => {
    const random = Array.from({ length: 4096 }, (_, index) =>
      String.fromCharCode(33 + (((index * index * 7919) % 8191) % 90)),
    );
    expect(fitsIndex("s".repeat(4096))).toBe(true);
    expect(fitsIndex("æøå ".repeat(1024))).toBe(true);
    expect(fitsIndex(random.join("").slice(0, 2600))).toBe(true);
    expect(fitsIndex(random.join(""))).toBe(false);
  });
});
