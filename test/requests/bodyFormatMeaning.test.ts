// What a letter in HTML or text says without words: by style, by fonts of signs, by columns, by where bold ends. Each is
// looked at where it counts, in what the recipient's inbox is given.
import { describe, expect, it } from "vitest";
import { type ConvertedFormat, convertBody } from "../../shared/requests/body/convertBody.ts";
import { shown } from "../../shared/requests/shown/shown.ts";

/** What the inbox is given, without what holds signs together and is not seen. */
function show(body: string, format: ConvertedFormat = "html"): string {
  const converted = convertBody(body, format);
  if (!converted.ok) return converted.problems.map(({ rule }) => rule).join(" ");
  return shown(converted.markdown).replaceAll("\u2060", "");
}

const styled = (style: string) => `<p><span style="${style}">a</span>b`;
const byClass = (style: string, rest = "") => `<style>.x{${style}}${rest}</style><p><span class=x>a</span>b`;

describe("style", () => {
  it.each([
    "display:none",
    "DISPLAY: None !important",
    "visibility:hidden",
    "max-height:0",
    "max-height:0px;overflow:hidden",
    "height:0;overflow:hidden",
    "font-size:0",
    "font:0/0 a",
    "opacity:0",
    "opacity:0.0",
    "mso-hide:all",
  ])("hides: %s", (style) => {
    expect(show(styled(style))).toBe("b");
    expect(show(byClass(style))).toBe("b");
  });

  it.each(["opacity:0.5", "max-height:10px", "height:0", "font-size:0.8em", "font:12px/0 a", "display:block"])(
    "does not hide: %s",
    (style) => {
      expect(show(styled(style))).toBe("ab");
      expect(show(byClass(style))).toBe("ab");
    },
  );

  it("hides text that is too small to be seen, and not what is larger in it", () => {
    expect(show('<div style="font-size:0">a<p style="font-size:13px">b<span style="font-size:1em">c</span>')).toBe(
      "bc",
    );
  });

  it.each([
    ["strikes out", "text-decoration:underline line-through", "struckOutText"],
    ["is bold", "font-weight:bold", "**a**b"],
    ["is in italics", "font-style:italic", "*a*b"],
    ["is raised", "vertical-align:super", "ab"],
    ["keeps lines", "white-space:pre-wrap", "ab"],
  ])("by class counts as style by attribute: %s", (_, style, expected) => {
    expect(show(byClass(style))).toBe(expected);
    expect(show(styled(style))).toBe(expected);
  });

  it.each([
    ["the more specific rule", ".x{display:none} span.x{display:inline}", "ab"],
    ["the later rule", ".x{display:none} .x{display:inline}", "ab"],
    ["the important rule", ".x{display:inline!important} span.x{display:none}", "ab"],
    ["by id, attribute and place", "p > [class~=x], #y{display:none}", "b"],
    ["on every screen", "@media screen, print{.x{display:none}}", "b"],
    ["on paper alone", "@media print{.x{display:none}}", "ab"],
    ["on telephones alone", "@media only screen and (max-width:480px){.x{display:none}}", "ab"],
    ["under a pointer alone", ".x:hover{display:none}", "ab"],
    ["within a comment, as Word writes it", "<!-- .x{display:none} -->", "b"],
    ["before something", ".x::before{display:none}", "ab"],
  ])("holds by the rules of cascading: %s", (_, css, expected) => {
    expect(show(`<style>${css}</style><p><span class=x>a</span>b`)).toBe(expected);
  });

  it.each([
    ".y{ .x{display:none} }",
    ".x:some-day(2){text-decoration:line-through}",
    ".x{display:var(--y)}",
    `${"@media screen{".repeat(20)}.x{opacity:0}`,
  ])("that hides or strikes out by what can't be read is refused: %s", (css) => {
    expect(show(`<style>${css}</style><p class=x>a`)).toBe("styleSheet");
  });

  it("of an element that hides by what can't be read is refused", () => {
    expect(show(styled("display:var(--x)"))).toBe("styleSheet");
  });

  it("that can't be read and says nothing of the kind is nobody's business", () => {
    expect(show("<style>.y{ .x{color:red} } .x:some-day(2){margin:0} @page a{size:b}</style><p class=x>a")).toBe("a");
  });
});

describe("raised and lowered text", () => {
  it.each([
    ['kr 1 000<sup><a href="#n">1</a></sup>', "kr 1 000¹"],
    ['kr 1 000<sup><a href="https://a.no/n">1</a></sup>', "kr 1 000[¹](https://a.no/n)"],
    ['1 000<span style="vertical-align:super">4</span>', "1 000⁴"],
    ["10<sup><span>4</span></sup>", "10⁴"],
    ["10<sup>-<b>1</b>2</sup>", "10⁻**¹**²"],
    ["H<sub><i>2</i></sub>O", "H*₂*O"],
    ["100<sup>4,5</sup>", "100(4,5)"],
    ["100<sup><b>4</b>,5</sup>", "100**(4**,5)"],
    ["1<sup>st</sup>", "1st"],
    ["10<sup>2</sup><sup>3</sup>", "10²³"],
    ['<sup style="vertical-align:baseline">2</sup>', "2"],
    ['<table><tr><td style="vertical-align:super">2</table>', "2"],
  ])("stays apart from the number before it: %s", (html, expected) => {
    expect(show(html)).toBe(expected);
  });
});

describe("fonts of signs", () => {
  it.each([
    ["<span style='font-family:Wingdings'>þ</span> Innvilget", "☑ Innvilget"],
    ["<font face=Wingdings>o</font> Avslått", "☐ Avslått"],
    ["<style>.w{font-family:'Wingdings',serif}</style><i class=w>ü</i>", "*✓*"],
    ["<span style='font:12pt \"Wingdings 2\"'>R</span>", "☑"],
    ["<span style='font-family:Symbol'>m ³ D</span>g", "µ ≥ Δg"],
    ["<span style='font-family:Wingdings'>\uf0fc\u0178</span>", "✓•"],
    ["<span style='font-family:Symbol'>a<span style='font:7pt Arial'>a</span></span>", "αa"],
    ["<span style='font-family:Wingdings'>☑</span>", "☑"],
    ["<span style='font-family:Arial,Symbol'>m</span>", "m"],
  ])("become signs of Unicode: %s", (html, expected) => {
    expect(show(html)).toBe(expected);
  });

  it("are refused by their place where no sign says the same", () => {
    const converted = convertBody("<font face=Wingdings>ü ÿ</font><font face=Symbol>\u0081</font>", "html");
    expect(converted.ok ? [] : converted.problems).toEqual([
      {
        rule: "symbolFont",
        message:
          "Contains signs in a font of signs that no other font has: signs 2 and 3 of those in Symbol, Webdings or " +
          "Wingdings. Write a sign of Unicode, or a word.",
      },
    ]);
  });

  it("are no letters before Word's headings and items", () => {
    const sign = (text: string) => `<span style='font-family:Wingdings;mso-list:Ignore'>${text}&nbsp; </span>`;
    expect(show(`<h2 style='mso-list:l0 level1'>${sign("Ø")}Klage</h2>`)).toBe("## Klage");
    expect(show(`<h2>${sign("2.")}Klage</h2>`)).toBe("## 2. Klage");
    expect(show(`<p style='mso-list:l0 level1'>${sign("Ø")}Klage</p>`)).toBe("- Klage");
    expect(show(`<p style='mso-list:l0 level1;display:none'>${sign("Ø")}Klage</p>a`)).toBe("a");
  });
});

/** Rows as the inbox is given them. */
const table = (...rows: readonly (readonly string[])[]) => {
  const [first = []] = rows;
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [row(first.map(() => "")), row(first.map(() => "---")), ...rows.map(row)].join("\n");
};

describe("columns", () => {
  it.each<[string, ConvertedFormat, string, string]>([
    ["by a tab", "text", "Utbetalt\t1 200\t300", table(["Utbetalt", "1 200", "300"])],
    [
      "by spaces",
      "text",
      "Utbetalt   1 200   300\nTrekk        3     4",
      table(["Utbetalt", "1 200", "300"], ["Trekk", "3", "4"]),
    ],
    ["between numbers by two spaces", "text", "1 200  300", table(["1 200", "300"])],
    ["among other lines", "text", "Hei.\na\tb\nHa det.", `Hei.\n\n${table(["a", "b"])}\n\nHa det.`],
    ["not by two spaces between words", "text", "Hei.  Vi skriver", "Hei. Vi skriver"],
    ["not behind the sign of an item", "text", "•\tEn\n2.\tTo", "• En  \n2. To"],
    ["not at the start of a line", "text", "a\n        b", `a  \n${" ".repeat(8)}b`],
    ["in HTML that keeps its spaces", "html", '<div style="white-space:pre">a\t1\t2</div>', table(["a", "1", "2"])],
    ["in code", "html", "<pre>a\t1\t2</pre>", "```\na\t1\t2\n```"],
    ["by spaces that do not break", "html", "a&nbsp;&nbsp; 1&nbsp;200 &nbsp;&nbsp;3", table(["a", "1 200", "3"])],
    [
      "by the tabs of Word, a paragraph for each row",
      "html",
      "<p>Dato:<span style='mso-tab-count:1'>   </span>1. mai</p><p>Sak:<span style='mso-tab-count:2'>  </span>2</p>",
      table(["Dato:", "1. mai"], ["Sak:", "2"]),
    ],
    ["in an item, each on its line", "html", '<ul><li style="white-space:pre">a\t1\t2', "- a  \n  1  \n  2"],
    ["in a heading, by commas", "html", '<h2 style="white-space:pre">a\t1\t2', "## a 1, 2"],
  ])("keep apart: %s", (_, format, body, expected) => {
    expect(show(body, format)).toBe(expected);
  });

  it("are counted where they are too many for a telephone", () => {
    const rows = (count: number, cells: number) => `<table>${`<tr>${"<td>a".repeat(cells)}`.repeat(count)}</table>`;
    const warnings = (html: string) => {
      const converted = convertBody(html, "html");
      return converted.ok ? converted.warnings.map(({ rule }) => rule) : undefined;
    };
    expect(warnings(rows(100, 8))).toEqual([]);
    expect(warnings(rows(2, 9))).toEqual(["wideTable"]);
    expect(warnings(rows(101, 2))).toEqual(["longTable"]);
  });
});

describe("bold and italics", () => {
  it.each([
    ["<b>Merk!</b>Du må svare.", "**Merk!**Du må svare."],
    ["x<b>«a»</b>y", "x**«a»**y"],
    ["<b>a <i>b!</i></b>c", "**a *b!***c"],
    ["<i>a</i><b>b</b>", "*a***b**"],
    ["<b>👍</b>a", "**👍**a"],
    ['<b><a href="https://a.no">x</a></b>y', "**[x](https://a.no)**y"],
    ["1<b>.</b>2", "1**.**2"],
    ["<b>a*</b>b", "**a\\***b"],
  ])("end where they ended: %s", (html, expected) => {
    const converted = convertBody(html, "html");
    expect(show(html)).toBe(expected);
    // Where no sign that is not seen keeps them apart, this is no bold.
    expect(converted.ok && converted.markdown).toContain("\u2060");
  });
});

describe("links that Altinn does not keep", () => {
  it.each([
    ['<a href="tel:+4722334455">Ring oss</a>', "Ring oss (+4722334455)"],
    ['<a href="tel:+4722334455">Ring 22 33 44 55</a>', "Ring 22 33 44 55"],
    ['<a href="sms:2001?body=hei">Send SMS</a>', "Send SMS (2001)"],
    ['<a href="tel:%2B47%2022">Ring</a>', "Ring (+47 22)"],
    ['<a href="tel:%">Ring</a>', "Ring"],
    ['<a href="tel:22334455"> </a>a', "a"],
  ])("are their text, with the number: %s", (html, expected) => {
    expect(show(html)).toBe(expected);
  });
});

describe("the recipient's name", () => {
  it.each<[ConvertedFormat, string, string]>([
    ["text", "{{recipientName}}, hei {navn} {{{recipientName}}}", "{{recipientName}}, hei {navn} {{{recipientName}}}"],
    [
      "html",
      "<h2>Til {{recipientName}} {#a}</h2>{{recipientName}}",
      "## Til {{recipientName}} {#a}\n\n{{recipientName}}",
    ],
  ])("is Altinn's to fill in, and all other braces stay: %s", (format, body, expected) => {
    expect(show(body, format)).toBe(expected);
    const converted = convertBody(body, format);
    expect(converted.ok && converted.markdown.split("{{recipientName}}")).toHaveLength(3);
  });
});

describe("lists", () => {
  it.each([
    ["of their own, side by side", "<ol><li>a</ol><ol><li>b</ol>", "1. a\n\n1) b"],
    ["of their own within an item", "<ul><li>x<ol><li>a</ol><ol><li>b</ol></ul>", "- x\n\n  1. a\n\n  \n\n  1. b"],
    ["that go on within an item", "<ul><li>x<ol start=3><li>a</ol></ul>", "- x\n\n  3. a"],
    ["before a date", "<ol><li>a</ol><p>12. mai</p>", "1. a\n\n12. mai"],
    ["with a link that looks like a box to tick", '<ul><li><a href="https://a.no">x</a></ul>', "- [x](https://a.no)"],
  ])("keep their numbers: %s", (_, html, expected) => {
    expect(show(html)).toBe(expected);
  });
});
