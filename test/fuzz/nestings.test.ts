// Nestings of all that a body can hold, made at random: what it takes to convert one, or to tell how the inbox shows it, grows
// with its length and not with its depth times its length. Counted in steps, at a size and at four times that.
import fc from "fast-check";
import { expect, test } from "vitest";
import { convertBody } from "../../shared/requests/body/convertBody.ts";
import { shownWarnings } from "../../shared/requests/shown/shownWarnings.ts";
import { countSteps } from "../requests/countSteps.ts";

/** What is opened again and again, and what follows it to the end. */
interface Nesting {
  readonly around: readonly string[];
  readonly inside: readonly string[];
}

/** @param depth how many are open at the most */
function bodyOf({ around, inside }: Nesting, depth: number, length: number): string {
  const open = Array.from({ length: depth }, (_, level) => around[level % around.length]).join("");
  const part = inside.join("");
  return open.slice(0, length / 2) + part.repeat(Math.ceil(length / 2 / part.length));
}

const some = (parts: readonly string[]) => fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 4 });

const elements =
  "a b i u s em strong code q sup sub span font small p div section center pre h1 h6 ul ol li dl dt dd table thead tr td th caption blockquote details figure svg title".split(
    " ",
  );
const html = {
  around: some([
    ...elements.map((name) => `<${name}>`),
    ...[
      "<a href='https://a.no'>",
      "<a href='tel:1'>",
      "<ol start=7>",
      "<td colspan=9 rowspan=9>",
      "<ul><li>",
      "<div>x",
    ],
    ...[
      "<table><tr><td>",
      "<p style='mso-list:l0 level2'>",
      "<div style='white-space:pre'>",
      "<div class=a>",
      "<s><hr>",
    ],
  ]),
  inside: some([
    ...elements.flatMap((name) => [`<${name}>`, `</${name}>`]),
    ..."x|x y |&nbsp;&nbsp;&nbsp;|\n|\t|`|*|1. |<br>|<hr>|<img alt=x>|<p>x</p>|<b>x</b>".split("|"),
    "<p class=b style='mso-list:l1 level3'><i style='mso-list:Ignore'>1.</i>x</p>",
    "<style>.a .a .b{opacity:0} div > p{color:red}</style>",
  ]),
};

/** The same nestings each time: a new one that is worse is found at a desk, and not when somebody else's change is tried. */
const seed = 20261128;

test("of HTML", async () => {
  const steps = (body: string) => countSteps(() => convertBody(body, "html"));
  await steps("<p>x</p>");
  await fc.assert(
    fc.asyncProperty(fc.record(html), async (nesting) => {
      const [once, four] = [await steps(bodyOf(nesting, 60, 2_000)), await steps(bodyOf(nesting, 240, 8_000))];
      expect(four).toBeLessThan(5 * once + 300_000);
    }),
    { seed, numRuns: 15, examples: [[{ around: ["<s>"], inside: ["<hr> "] }]] },
  );
});

const markdown = {
  around: some([
    ...[">", "> ", "- ", "1. ", "i) ", "    ", "[^1]: ", "[^2]: ", "a\n:   ", "::: a\n", "^^^ a\n", "+-+\n| ", "\n"],
    ...["*", "**", "_", "~~", "[", "![", "`", "# ", "<b>", "<div>", "<blockquote>", "<ul><li>", "<s>", "[^1]"],
  ]),
  inside: some([
    ...["x\n", "\n", "> x\n", "- x\n", "1. x\n", "| a | b |\n", "|-|-|\n", "+-+\n", "[^1]: x\n", ":   x\n", "---\n"],
    ...["*x* ", "**x", "[a](b) ", "](b)", "[^1] ", "`x` ", "<b>x", "<p>x</p>", "</div>", "```\n", "x\n\n", "::: \n"],
  ]),
};

/** What the looks at lines cost that any body may have, those that are too many included. */
const bound = 30_000_000;

test("of Markdown", async () => {
  const steps = (body: string) => countSteps(() => shownWarnings(body));
  await steps("x");
  await fc.assert(
    fc.asyncProperty(fc.record(markdown), async (nesting) => {
      const [once, four] = [await steps(bodyOf(nesting, 30, 7_000)), await steps(bodyOf(nesting, 120, 28_000))];
      expect(four).toBeLessThan(5 * once + bound);
    }),
    {
      seed,
      numRuns: 7,
      examples: [
        [{ around: [">"], inside: ["x\n"] }],
        [{ around: ["[^1]: "], inside: ["x\n"] }],
        [{ around: ["<blockquote>"], inside: ["<p>x</p>"] }],
      ],
    },
  );
});
