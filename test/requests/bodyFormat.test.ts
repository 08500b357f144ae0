// Bodies in HTML and in plain text as the Markdown that Altinn gets: what people paste, what they should not, and anything.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { organization } from "../../local/parties.ts";
import { type ConvertedFormat, convertBody } from "../../shared/requests/body/convertBody.ts";
import { toInitializeBody } from "../../shared/requests/initializeBody.ts";
import { hasLoneSurrogate } from "../../shared/requests/json.ts";
import { parseRequest } from "../../shared/requests/parseRequest.ts";
import { shown } from "../../shared/requests/shown/shown.ts";
import { aRequest } from "../builders/request.ts";
import { readMarkdown, squeeze } from "./bodyFormatReader.ts";
import { anyDocument, anyText, sameLinks } from "./bodyFormatTrees.ts";

function convert(body: string, format: ConvertedFormat = "html"): string {
  const converted = convertBody(body, format);
  if (!converted.ok) throw new Error(JSON.stringify(converted.problems));
  return converted.markdown;
}

function problemsOf(body: string, format: ConvertedFormat = "html"): string[] {
  const converted = convertBody(body, format);
  return converted.ok ? [] : converted.problems.map(({ rule, message }) => `${rule}: ${message}`);
}

/** What holds signs together and is not seen. */
const w = "\u2060";

/** The lines of a Markdown text, written side by side. */
const lines = (...text: string[]): string => text.join("\n");

describe("HTML", () => {
  it.each([
    ["paragraphs", "<p>En</p>\n<p>To</p>", lines("En", "", "To")],
    ["text without tags", " Bare\n tekst ", "Bare tekst"],
    ["divs, and text between", "<div>a</div><div>b</div>c<p>d", lines("a", "", "b", "", "c", "", "d")],
    ["headings", "<h1>Vedtak</h1><h3>Om\n<br>saken</h3>", lines("# Vedtak", "", "### Om saken")],
    ["line breaks", "a<br>b<br/>c", lines("a\\", "b\\", "c")],
    ["blank lines of breaks", "a<br><br>b<br>&nbsp;<br>c<br>", lines("a", "", "b", "", "c")],
    ["bold and italics", "<b>a</b> <i>b</i> <strong><em>c</em></strong>", "**a** *b* ***c***"],
    ["bold with spaces at its edges", "a<b> b </b>c", "a **b** c"],
    ["bold over paragraphs", "<b><p>a</p><p>b</p></b>", lines("**a**", "", "**b**")],
    ["bold that overlaps italics", "<b>a <i>b</b> c</i>", "**a *b*** *c*"],
    ["a break within bold", "<b>a<br>b</b>", lines("**a\\", "b**")],
    ["lists", "<ul><li>a</li><li>b</li></ul>", lines("- a", "- b")],
    ["nested lists", "<ul><li>a<ol><li>b</li><li>c</li></ol></li></ul>", lines("- a", "  1. b", "  2. c")],
    ["a list directly in a list", "<ul><li>a</li><ul><li>b</li></ul></ul>", lines("- a", "  - b")],
    ["items of several paragraphs", "<ul><li><p>a<p>b<li>c</ul>", lines("- a", "", "  b", "", "- c")],
    ["a list that goes on", '<ol start="3"><li>a<li>b</ol>', lines("3. a", "4. b")],
    ["a list in letters", '<ol type="a"><li>a<li>b</ol>', lines(`- ${w}a. a`, `- ${w}b. b`)],
    ["a list in roman numerals", '<ol start=4 style="list-style-type:upper-roman"><li>a</ol>', `- ${w}IV. a`],
    ["numbers that leap", '<ol><li>a<li value="7">b</ol>', lines(`- ${w}1. a`, `- ${w}7. b`)],
    ["quotations", "<blockquote><p>a</p><p>b</p></blockquote>", lines("> a", ">", "> b")],
    ["quotation marks", "<p><q>a</q>", "“a”"],
    ["a rule", "<hr><p>a</p><hr>", lines("***", "", "a", "", "***")],
    ["code", "<p>Skriv <code>a`b</code></p>", "Skriv ``a`b``"],
    ["preformatted text", "<pre>\n  a\n\n  b\n</pre>", lines("```", "  a", "", "  b", "```")],
    ["preformatted text with a link", '<pre>a\n<a href="https://a.no">b</a></pre>', lines("a\\", "[b](https://a.no)")],
    ["lines that style keeps", '<div style="white-space: pre-wrap">a\n  b</div>', lines("a\\", `${w} ${w} ${w}b`)],
    ["raised and lowered text", "m<sup>2</sup> H<sub>2</sub>O 1<sup>st</sup> a<sup>1,2</sup>", "m² H₂O 1st a(1,2)"],
    ["definitions", "<dl><dt>a</dt><dd>b</dd></dl>", lines("a", "", "b")],
    ["no-break spaces", "<p>10&nbsp;000&nbsp;</p><p>&nbsp;</p>", "10\u00a0000"],
    ["entities", "<p>&lt;b&gt; &amp;amp; &AElig;&#248; &euro;", `<${w}b> &${w}amp; Æø €`],
    ["Norwegian letters", "<p>Blåbærsyltetøy på ØLÅ", "Blåbærsyltetøy på ØLÅ"],
    [
      "signs of Markdown",
      "<p>*a* _b_ a_b [c] `d` 5*6 \\*",
      `\\*a\\* \\_b\\_ a_b \\[c] &amp;#96;d&amp;#96; 5\\*6 \\${w}\\*`,
    ],
    [
      "signs at the start of a line",
      "# a<br>1. b<br>- c<br>+ d<br>&gt; e<br>2) f",
      lines(`${w}# a\\`, `${w}1. b\\`, `${w}- c\\`, `${w}+ d\\`, `${w}> e\\`, `${w}2) f`),
    ],
    [
      "signs of Altinn's extensions",
      "a) b<br>IV. c<br>~d~ x^2^ $1$ ==e== a|b {.f}",
      lines(`${w}a) b\\`, `${w}IV. c\\`, `${w}&amp;#126;d&amp;#126; x\\^2\\^ \\$1\\$ \\=\\=e\\=\\= a|b {${w}.f}`),
    ],
    ["a backslash", "C:\\mappe\\_x", `C:\\mappe\\${w}\\_x`],
    ["less than", "<p>5 < 6 og 7 &lt; 8", "5 < 6 og 7 < 8"],
    [
      "the recipient's name",
      "<p>Hei {{recipientName}}, <b>{{recipientName}}</b>",
      "Hei {{recipientName}}, **{{recipientName}}**",
    ],
    [
      "a whole document",
      "<!doctype html><html><head><title>x</title><style>p{}</style></head><body><p>a</body></html>",
      "a",
    ],
    ["styled text", '<span style="font-weight: 700">a</span> <span style="font-style:italic">b</span>', "**a** *b*"],
    ["details", "<details><summary>a</summary>b</details>", lines("a", "", "b")],
    ["unknown elements", "<tull>a</tull><o:p>b</o:p>", "ab"],
  ])("is said in Markdown: %s", async (_, html, markdown) => {
    expect(convert(html)).toBe(markdown);
    expect([...readMarkdown(convert(html)).kinds].filter((kind) => kind.startsWith("html"))).toEqual([]);
  });

  it.each([
    ["comments and conditions", "<!-- a --><!--[if mso]><p>b<![endif]-->c<![if !x]>d<![endif]>", "cd"],
    ["scripts and styles", "<style>a{}</style><script>b()</script>c", "c"],
    ["classes, ids and titles", '<p class="a" id="b" title="c" onclick="d()">e', "e"],
    ["what is hidden", '<div style="display:none">a</div><p hidden>b</p><input type="hidden" value="c">d', "d"],
    ["dots that count readers", '<img src="https://a.no/x" width="1" height="1">a<img style="width:0px" src=x>', "a"],
    ["pictures that decorate", '<img src=x alt="">a<svg aria-hidden="true"><path/></svg>', "a"],
    ["links within the document, but not their text", '<a name="x"></a><a href="#x">a</a>', "a"],
    ["what is struck out and says nothing", "a<s> </s><del></del>", "a"],
    ["links without text", 'a<a href="https://a.no"> </a>b', "a b"],
  ])("loses %s", async (_, html, markdown) => {
    expect(convert(html)).toBe(markdown);
  });

  it.each([
    ["one column", "<table><tr><td>a<tr><td>b</table>", lines("a", "", "b")],
    ["one row", "<table><tr><td>a<td>b</table>", lines("a", "", "b")],
    [
      "headings",
      "<table><caption>x</caption><tr><th>Navn<th>Sum:</th><tr><td>Kari|K<td>1<tr><td>Ola<td></table>",
      lines("x", "", "| Navn | Sum: |", "| --- | --- |", "| Kari\\|K | 1 |", "| Ola |  |"),
    ],
    [
      "a head",
      "<table><thead><tr><td>a<td>b<tbody><tr><td>c<td>d</table>",
      lines("| a | b |", "| --- | --- |", "| c | d |"),
    ],
    [
      "no headings",
      "<table><tr><td>Sak<td><b>1</b><tr><td>Dato<td>1. mai</table>",
      lines("|  |  |", "| --- | --- |", "| Sak | **1** |", "| Dato | 1. mai |"),
    ],
    [
      "a first row in bold, as Word has it",
      "<table><tr><td><p><b>a</b><td><b>b</b><tr><td>c<td><b>d</b></table>",
      lines("| a | b |", "| --- | --- |", "| c | **d** |"),
    ],
    [
      "headings of rows",
      "<table><tr><th>Sak<td>1<tr><th><b>Dato</b><td>2</table>",
      lines("|  |  |", "| --- | --- |", "| **Sak** | 1 |", "| **Dato** | 2 |"),
    ],
    [
      "cells over several columns and rows",
      "<table><tr><th>a<th>b<th>c<tr><td colspan=2>d<td rowspan=2>e<tr><td>f<td>g</table>",
      lines("| a | b | c |", "| --- | --- | --- |", "| d |  | e |", "| f | g |  |"),
    ],
    [
      "columns that keep others apart",
      "<table><tr><td>a<td>&nbsp;<td>b<tr><td>c<td><td>d</table>",
      lines("|  |  |", "| --- | --- |", "| a | b |", "| c | d |"),
    ],
    [
      "lines in a cell",
      "<table><tr><td>Storgata 1<br>0155 Oslo<td>1<br>2<tr><td>a:<br>b<td><code>c|d</code>`</table>",
      lines("|  |  |", "| --- | --- |", "| Storgata 1, 0155 Oslo | 1, 2 |", "| a: b | c\\|d&amp;#96; |"),
    ],
    [
      "cells that hold more than text",
      "<table><tr><td><p>a<p>b<td>c<tr><td>d<td>e</table>",
      lines("a", "", "b", "", "c", "", "d", "", "e"),
    ],
    [
      "tables in it",
      "<table><tr><td><table><tr><td>a<td>b<tr><td>c<td>d</table><tr><td>e</table>",
      lines("|  |  |", "| --- | --- |", "| a | b |", "| c | d |", "", "e"),
    ],
    [
      "more cells than there is room for",
      `<table>${"<tr><td colspan=50 rowspan=50>a<td>b".repeat(10)}</table>`,
      lines(...Array.from({ length: 10 }, () => lines("a", "", "b", ""))).trimEnd(),
    ],
  ])("has its tables as tables, and others as text: with %s", async (_, html, markdown) => {
    expect(convert(html)).toBe(markdown);
  });

  it("keeps what Word makes of lists", async () => {
    const item = (list: string, sign: string, text: string) =>
      `<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:${list} lfo1'><![if !supportLists]>` +
      `<span style='font-family:Symbol'><span style='mso-list:Ignore'>${sign}<span style='font:7.0pt "Times New Roman"'>` +
      `&nbsp;&nbsp; </span></span></span><![endif]>${text}<o:p></o:p></p>\n\n`;
    const html =
      item("l0 level1", "·", "En") +
      item("l0 level2", "o", "<b>To</b>") +
      item("l0 level1", "§", "Tre") +
      "<p class=MsoNormal>Så:<o:p></o:p></p>" +
      item("l1 level1", "1.", "Fire") +
      item("l1 level1", "2.", "Fem") +
      item("l2 level1", "a)", "Seks");
    expect(convert(html)).toBe(
      lines("- En", "  - **To**", "- Tre", "", "Så:", "", "1. Fire", "2. Fem", "", `- ${w}a) Seks`),
    );
  });

  it("keeps what Google Docs and Outlook put around a letter", async () => {
    const docs =
      '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr"><span style="font-weight:400">En</span></p>' +
      '<p dir="ltr"><span style="font-weight:700;white-space:pre-wrap;">To</span></p></b>';
    expect(convert(docs)).toBe(lines("En", "", "**To**"));
    const outlook =
      '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- p.MsoNormal {margin:0cm} --></style></head>' +
      '<body lang=NO link="#0563C1"><div class=WordSection1><p class=MsoNormal>Hei,<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>' +
      '<p class=MsoNormal><span lang=EN-US style="mso-fareast-language:EN-US">se <a href="https://a.no/?b=1&amp;c=2">her</a></span></p></div></body></html>';
    expect(convert(outlook)).toBe(lines("Hei,", "", "se [her](https://a.no/?b=1&c=2)"));
  });
});

describe("links", () => {
  it.each([
    ["https://a.no/b", "[her](https://a.no/b)"],
    ["http://a.no/b_c*d?e=f&g=h#i", "[her](http://a.no/b_c*d?e=f&g=h#i)"],
    ["mailto:a@b.no", "[her](mailto:a@b.no)"],
    ["  https://a.no/b c(d)<e>\\f\n ", "[her](https://a.no/b%20c%28d%29%3Ce%3E/f)"],
    ["https://æ.no/ø?å=[1]", "[her](https://xn--6ca.no/%C3%B8?%C3%A5=%5B1%5D)"],
    ["mailto:a@b.no?subject=Om saken", "[her](mailto:a@b.no?subject=Om%20saken)"],
    ["https://a.no/?b&amp;amp;copy;", "[her](https://a.no/?b&amp%3Bcopy;)"],
    ["https:a.no", "[her](https://a.no/)"],
    ["https://a.no/{{recipientName}}", "[her](https://a.no/%7B%7BrecipientName%7D%7D)"],
  ])("lead where they led: %s", async (href, markdown) => {
    expect(convert(`<a href="${href}">her</a>`)).toBe(markdown);
  });

  it("keep their text, whatever is in it", async () => {
    const html = '<a href="https://a.no" title="x">Hei <b>{{recipientName}}</b> ]( <img src=x alt="logo"></a>';
    expect(convert(html)).toBe(`[Hei **{{recipientName}}** \\]${w}( logo](https://a.no)`);
    expect(convert('<a href="https://a.no"><h2>a</h2><ul><li>b</ul></a>')).toBe(
      lines("## [a](https://a.no)", "", "- [b](https://a.no)"),
    );
    expect(convert('<a href="https://a.no/b_c">https://a.no/b_c</a>')).toBe("<https://a.no/b_c>");
    expect(convert('<a href="https://a.no">b</a><a href="https://a.no">c</a>')).toBe(
      "[b](https://a.no)[c](https://a.no)",
    );
  });

  it("are found against the document's base", async () => {
    expect(convert('<base href="https://a.no/b/"><a href="c?d">her</a>')).toBe("[her](https://a.no/b/c?d)");
  });

  it.each([
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "file:///c:/x",
    "vbscript:x",
    "cid:1",
    "https://",
    "urn:x",
  ])("to %j are refused, by their number", async (href) => {
    const html = `<a href="https://a.no">a</a><a href="${href}">b</a><a href="${href}">c</a>`;
    expect(problemsOf(html)).toEqual([
      "linkTarget: Links 2 and 3 have an address that is not allowed. Use http, https, mailto, tel or sms.",
    ]);
  });

  it.each(["/a", "a.html", "", "//a.no/b", "?a", "www.a.no"])(
    "without a whole address are refused: %j",
    async (href) => {
      expect(problemsOf(`<a href="${href}">a</a>`)).toEqual([
        "relativeLink: Link 1 has no whole address, and so nowhere to lead from an inbox. Write it in full: https://...",
      ]);
    },
  );

  it.each([
    ["se https://a.no/b_c?d, eller", "se <https://a.no/b_c?d>, eller"],
    ["https://a.no/*b*", "[https://a.no/&amp;#42;b](https://a.no/*b)\\*"],
    ["ftp://a.no tel:1", "ftp\\://a.no tel\\:1"],
    ["(https://a.no/(b))", "([https://a.no/(b)](https://a.no/%28b%29))"],
    ["https://æ.no/ø", "[https://æ.no/ø](https://xn--6ca.no/%C3%B8)"],
    ["www.a.no/b_c_", "[www.a.no/b_c](http://www.a.no/b_c)\\_"],
    ['"https://a.no/"', '"<https://a.no/>"'],
    [
      "https://a.no/?n={{recipientName}}.",
      "[https://a.no/?n={{recipientName}}](https://a.no/?n=%7B%7BrecipientName%7D%7D).",
    ],
    ["mailto:a_b@c.no", "<mailto:a_b@c.no>"],
    ["https:// http://. awww.b.no a_b@c.no", "https:// http://. awww.b.no a_b@c.no"],
  ])("are made of addresses in the text: %s", async (text, markdown) => {
    expect(convert(text, "text")).toBe(markdown);
    expect(convert(text)).toBe(markdown);
  });
});

describe("what can't be said in Markdown", () => {
  it("is named, each element once", async () => {
    const html =
      "<form><input><input><select><option>a</select></form><iframe></iframe><video></video><button>b</button>";
    expect(problemsOf(html)).toEqual([
      "htmlElement: Contains <form>, <input>, <select>, <iframe>, <video> and <button>, which a letter in Altinn can't show. " +
        "Take it out; attach a file, or link to a page, instead.",
    ]);
  });

  it.each(["textarea", "object", "embed", "audio", "canvas", "math", "area", "frameset"])(
    "is refused: <%s>",
    (name) => {
      expect(problemsOf(`<${name}>`).join()).toContain(`Contains <${name}>`);
    },
  );

  it("is a picture without words", () => {
    const message = (count: string) =>
      `imageWithoutText: Contains ${count} without a text, and letters in Altinn show no images. Write in alt what the image ` +
      'says (alt="" if nothing, and it is no link), or attach it as a file.';
    expect(problemsOf("<img src=x>")).toEqual([message("an image")]);
    expect(problemsOf('<svg></svg><a href="https://a.no"><img alt="" src=x></a>')).toEqual([message("2 images")]);
    expect(convert('<img src=x alt="Logo"><svg><title>Kart</title></svg>')).toBe("LogoKart");
  });

  it.each(["<s>a</s>", "<del>a</del>", '<span style="text-decoration: line-through">a</span>'])(
    "is struck out: %s",
    (html) => {
      expect(problemsOf(html)).toEqual([
        "struckOutText: Contains text that is struck out, which Altinn would show as if it were not. Take it out.",
      ]);
    },
  );

  it("is told all at once, and never repeats what was written", () => {
    const html = '<form><a href="/hemmelig">a</a></form><s>hemmelig</s><img src="hemmelig"><a href="hemmelig:x">b</a>';
    const problems = problemsOf(html);
    expect(problems.map((problem) => problem.split(":")[0])).toEqual([
      ..."htmlElement imageWithoutText struckOutText relativeLink linkTarget".split(" "),
    ]);
    expect(problems.join()).not.toContain("hemmelig");
  });
});

describe("plain text", () => {
  it.each([
    ["lines and blank lines", "a\nb\r\nc\n\n\nd\n", lines("a\\", "b\\", "c", "", "d")],
    [
      "spaces at the start of a line",
      "a\n    b\n\tc\n  d  ",
      lines("a\\", `${`${w} `.repeat(4)}${w}b\\`, `${`${w} `.repeat(4)}${w}c\\`, `${w} ${w} ${w}d`),
    ],
    ["tags and entities", "<b>a</b> &amp; &lt; <!-- b -->", `<${w}b>a<${w}/b> &${w}amp; &${w}lt; <${w}!-- b -->`],
    [
      "what looks like Markdown",
      "# a\n* b\n**c**\n1. d\n> e\n```\n---",
      lines(
        `${w}# a\\`,
        "\\* b\\",
        "\\*\\*c\\*\\*\\",
        `${w}1. d\\`,
        `${w}> e\\`,
        `${w}${"&amp;#96;".repeat(3)}\\`,
        `${w}---`,
      ),
    ],
    ["front matter", "---\na: b\n---", lines(`${w}---\\`, "a: b\\", `${w}---`)],
    ["a table of Markdown", "| a | b |\n|---|---|", lines(`${w}| a | b |\\`, `${w}|---|---|`)],
    ["a backslash at the end of a line", "a\\\nb", lines(`a\\${w}\\`, "b")],
    ["the recipient's name", "Hei {{recipientName}}!", "Hei {{recipientName}}!"],
    ["a byte order mark", "\ufeffa", "a"],
    ["nothing that is seen", " a\n\u200b\n\u00a0\nb", lines("a", "", "b")],
  ])("is escaped: %s", async (_, text, markdown) => {
    expect(convert(text, "text")).toBe(markdown);
  });
});

describe("the length of a body", () => {
  it("counts as Markdown", async () => {
    const message = "maxLength: Is too long: at most 30000 characters (UTF-16 units) are allowed once it is Markdown.";
    expect(convert(`<p>${"a".repeat(30_000)}</p>`)).toHaveLength(30_000);
    expect(problemsOf(`<p>${"a".repeat(30_001)}</p>`)).toEqual([message]);
    expect(problemsOf("*".repeat(15_001), "text")).toEqual([message]);
    expect(convert(`${"<b></b>".repeat(20_000)}a`)).toBe("a");
  });

  it.each([
    "<p></p>",
    "<br>",
    "<!-- a -->",
    "<style>a</style>",
    "&nbsp;",
    "<p>\u200b</p>",
    '<img alt="">',
    "<ul><li></li></ul>",
    "<table><tr><td></table>",
    "<b> </b>",
  ])("is nothing: %s", async (html) => {
    expect(problemsOf(html)).toEqual([
      "required: Is empty, and required: nothing in it is left to read once it is Markdown.",
    ]);
  });
});

describe("a letter", () => {
  it("goes to Altinn with its body in Markdown and nothing else changed", async () => {
    const written = aRequest({ content: { bodyFormat: "html", messageBody: "<p>Hei <b>du</b></p>", other: 1 } });
    const parsed = await parseRequest(written, { environment: "tt02", now: new Date("2030-01-01T00:00:00Z") });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const { bodyFormat: _, ...content } = {
      ...written.correspondence.content,
      messageBody: "Hei **du**",
      bodyFormat: "",
    };
    expect(toInitializeBody(parsed.request, organization(), "key", [])).toEqual({
      correspondence: { ...written.correspondence, content },
      recipients: [organization()],
      idempotentKey: "key",
    });
  });
});

describe("any body", () => {
  const isHtml = (kind: string) => kind.startsWith("html");

  /** As it is stored, and as a recipient's inbox is given it. */
  const readings = (markdown: string) => [readMarkdown(decodeTwice(markdown)), readMarkdown(shown(markdown))];
  // Some signs only a reference keeps, which Altinn hands on to whoever shows the letter.
  const decodeTwice = (markdown: string) => markdown.replaceAll("&amp;#", "&#");
  // A link to a number is split where HTML has no block in a paragraph, and each part says the number.
  const withoutNumber = (text: string) => squeeze(text).replaceAll("(+4722334455)", "");

  it("in HTML has the same text and links in Markdown, and no HTML", async () => {
    fc.assert(
      fc.property(anyDocument, ({ html, text, links }) => {
        // Who writes these very signs, in code say, is not told apart from them by decodeTwice.
        fc.pre(!text.includes("&amp;#"));
        const converted = convertBody(html, "html");
        if (!converted.ok) {
          expect(converted.problems.map(({ rule }) => rule)).toEqual(["required"]);
          expect(squeeze(text)).toBe("");
          return;
        }
        const { markdown } = converted;
        for (const seen of readings(markdown)) {
          expect([...seen.kinds].filter(isHtml)).toEqual([]);
          expect(withoutNumber(seen.text)).toBe(withoutNumber(text));
          expect(sameLinks(seen.links)).toEqual(sameLinks(links));
        }
        expect(markdown.split("{{recipientName}}")).toHaveLength(text.split("{{recipientName}}").length);
        expect(hasLoneSurrogate(markdown)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it("in text has the same lines in Markdown, and no markup but its columns", async () => {
    const parts = fc.array(fc.oneof(anyText, fc.constantFrom("\n", "\r\n", "\n\n", "    ")));
    fc.assert(
      fc.property(parts, (some) => {
        const text = some.join("");
        const isSeen = (line: string) => line !== "";
        const expected = text
          .split(/\r\n|\n/)
          .map(squeeze)
          .filter(isSeen);
        const converted = convertBody(text, "text");
        for (const seen of readings(converted.ok ? converted.markdown : "")) {
          expect(seen.lines.map(squeeze).filter(isSeen)).toEqual(expected);
          const isPlain = (kind: string) => /^(?:paragraph_|inline|text|hardbreak|softbreak|t[a-z]+_)/.test(kind);
          expect([...seen.kinds].filter((kind) => !isPlain(kind))).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("gets an answer and never an exception", async () => {
    const tag = fc
      .tuple(
        fc.constantFrom("<", "</"),
        fc.constantFrom(
          ..."a b i p div ul ol li table tr td th pre code svg title select template form script textarea h1 body".split(
            " ",
          ),
        ),
        fc.constantFrom(">", " ", "/>", ' href="', " style='display:", '">', "'"),
      )
      .map((part) => part.join(""));
    fc.assert(
      fc.property(fc.array(fc.oneof(tag, anyText, fc.string({ unit: "binary", maxLength: 3 }))), (parts) => {
        for (const format of ["html", "text"] as const) {
          const converted = convertBody(parts.join(""), format);
          if (converted.ok) expect([...readMarkdown(converted.markdown).kinds].filter(isHtml)).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  const most = 1_000_000;
  it.each([
    ["nested elements", "<div>".repeat(100_000), "tooComplex"],
    [
      "unclosed bold in every paragraph",
      Array.from({ length: 5_000 }, (_, index) => `<p><b a${index}>`).join(""),
      "tooComplex",
    ],
    ["nested tables", "<table><tr><td>".repeat(20_000), "tooComplex"],
    ["comments", "<!---->".repeat(most / 7), "tooComplex"],
    ["attributes", `<p ${Array.from({ length: 100_000 }, (_, index) => `a${index}`).join(" ")}>a`, undefined],
    ["a huge style", `<p style="${"a:b;".repeat(200_000)}">a`, undefined],
    ["an unclosed tag", `a<b c="${"d".repeat(most - 10)}`, undefined],
    ["unclosed comments", `a${"<!--".repeat(most / 4 - 1)}`, undefined],
    ["quotations in quotations with many lines", "<blockquote>".repeat(250) + "a<br>".repeat(14_000), "maxLength"],
    ["words", "ord ".repeat(most / 4), "maxLength"],
    ["spaces", `${" ".repeat(most - 2)}a`, undefined],
    ["no-break spaces", `a${"\u00a0".repeat(20_000)}b${"\u00a0".repeat(most - 30_000)}`, undefined],
    ["many spans", "a<span>b</span>".repeat(14_000), undefined],
    ["emphasis side by side", "<em>a<b>b</b></em>".repeat(2_000), undefined],
    ["brackets", "[".repeat(14_000), undefined],
    ["an address that never ends", `https://a.no/${")".repeat(25_000)}`, undefined],
  ])("may be hostile: %s", async (_, html, rule) => {
    const converted = convertBody(html, "html");
    expect(converted.ok ? undefined : converted.problems[0]?.rule).toBe(rule);
  });
});
