// How much work a body makes, counted in steps and not in seconds: every run of every block of code in the converter and in
// the libraries under it. Twice as much of anything may cost twice as much, and no nesting more than a share of that.
import fc from "fast-check";
import { expect, it } from "vitest";
import { type ConvertedFormat, convertBody } from "../../shared/requests/body/convertBody.ts";
import { countSteps } from "./countSteps.ts";

/** How many steps it takes to convert a body. */
const steps = (body: string, format: ConvertedFormat = "html") => countSteps(() => convertBody(body, format));

const filled = (part: string, length: number) => part.repeat(Math.ceil(length / part.length));

// What a run costs at most for each character, at any length: a tag of three characters is some two hundred steps.
const stepsForEach = 150;

it.each<[string, (length: number) => string]>([
  ["quotations in quotations", (length) => "<blockquote>".repeat(240) + filled("<p>x</p>", length)],
  ["lines in quotations", (length) => "<blockquote>".repeat(240) + filled("a<br>", length)],
  ["unclosed quotations", (length) => filled("<blockquote>x", length)],
  ["preformatted text in preformatted text", (length) => "<pre><b></b>".repeat(120) + filled("<b></b>", length)],
  ["preformatted text in lists", (length) => "<ul><li><pre>".repeat(80) + filled("<b></b>x", length)],
  [
    "links in tables",
    (length) => '<table><tr><td><a href="https://a.no">'.repeat(60) + filled("<a href=//b>x</a>", length),
  ],
  ["calls in tables", (length) => '<table><tr><td><a href="tel:99">'.repeat(60) + filled("x<i>y</i>", length)],
  ["Word's lists", (length) => filled("<p style='mso-list:l0 level1'><i style='mso-list:Ignore'>1.</i>x</p>", length)],
  [
    "Word's lists on all levels",
    (length) => filled([..."123456789"].map((level) => `<p style='mso-list:l0 level${level}'>x</p>`).join(""), length),
  ],
  ["Word's lists in tables", (length) => filled("<table><tr><td><p style='mso-list:l0 level1'>", length)],
  ["bold side by side", (length) => filled("<i>a</i><b>b</b>", length)],
  ["bold that is opened anew", (length) => filled("<p><b a1><i b2>x", length)],
  ["struck out nothing", (length) => "<s>".repeat(240) + filled("<hr> ", length)],
  ["raised text", (length) => "<sup>".repeat(200) + filled("2<i>3</i>", length)],
  ["cells that span", (length) => `<table>${filled("<tr><td colspan=999 rowspan=999>x<td>y", length)}`],
  ["headings in headings", (length) => `${"<h1><div>".repeat(100)}${filled("x<br>", length)}`],
  [
    "rules about ancestors",
    (length) =>
      `<style>${"div div div div div .x{opacity:0}".repeat(20)}</style>${"<div>".repeat(200)}${filled("<p>x</p>", length)}`,
  ],
  ["line ends", (length) => `<pre><u>${filled("\n", length)}a`],
  ["columns", (length) => `<div style="white-space:pre">${filled("a\tb\n", length)}`],
])("%s cost no more than their length", async (_, build) => {
  await steps(build(1_000));
  const [once, twice] = [await steps(build(12_000)), await steps(build(24_000))];
  expect(twice).toBeLessThan(2.2 * once + 100_000);
  expect(twice / build(24_000).length).toBeLessThan(stepsForEach);
});

it.each<[string, string]>([
  ["line ends", "\n"],
  ["columns", "a\t"],
  ["numbers apart", "1  "],
  ["backticks", "` "],
  ["addresses", "www.a.no/( "],
])("%s in text cost no more than their length", async (_, part) => {
  await steps(filled(part, 1_000), "text");
  const [once, twice] = [await steps(filled(part, 12_000), "text"), await steps(filled(part, 24_000), "text")];
  expect(twice).toBeLessThan(2.2 * once + 100_000);
  expect(twice / 24_000).toBeLessThan(stepsForEach);
});

it.each([[".a{opacity:0}"], ["p:nth-child(n+9){opacity:0}"], ["body:has(b){opacity:0}"], ["b ~ p{opacity:0}"]])(
  "rules of style look at a bounded number of elements: %s",
  async (rule) => {
    const build = (length: number) => `<style>${filled(rule, length)}</style>${filled("<p>x</p>", length)}`;
    const runs = [await steps(build(8_000)), await steps(build(32_000))];
    expect(Math.max(...runs)).toBeLessThan(20_000_000);
  },
);

it("no nesting costs more than its length", async () => {
  const names =
    "a b i p div ul ol li table tr td th pre h1 sup blockquote dl dd q code font span svg title style".split(" ");
  const piece = fc.oneof(
    fc.constantFrom(...names).map((name) => `<${name}>`),
    fc.constantFrom(...names).map((name) => `</${name}>`),
    fc.constantFrom(
      '<a href="https://a.no">',
      '<a href="tel:1">',
      "<p style='mso-list:l1 level2'>",
      "<td colspan=9>",
      "<br>",
    ),
    fc.constantFrom("x", " ", "&nbsp;&nbsp;&nbsp;", "`", "*", "\n", "1. "),
  );
  const motif = fc.array(piece, { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(motif, motif, async (outer, inner) => {
      const body = filled(outer.join(""), 4_000) + filled(inner.join(""), 8_000);
      expect((await steps(body)) / body.length).toBeLessThan(stepsForEach);
    }),
    { numRuns: 40 },
  );
});
