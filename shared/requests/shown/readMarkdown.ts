// Altinn's first step: Markdown with nearly everything that its parser (Markdig with UseAdvancedExtensions and YAML
// front matter) knows, to HTML. CommonMark is markdown-it's; what Markdig has besides is in the files beside this one.
import MarkdownIt from "markdown-it";
import { boundBlocks } from "./blockWork.ts";
import { addBlocks } from "./markdownBlocks.ts";
import { addEmphasis } from "./markdownEmphasis.ts";
import { addInlines } from "./markdownInlines.ts";
import { list } from "./markdownLists.ts";
import { addNotes } from "./markdownNotes.ts";

const reader = altinnReader();
const lineReader = altinnReader();
// In a text of one line Altinn leaves their signs where they are.
lineReader.block.ruler.disable(["list", "blockquote"]);

/** What a letter may begin with and is not shown: lines between `---` and `---` or `...`. */
export const frontMatter = /^---[ \t]*\r?\n(?:[\s\S]*?\r?\n)??(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/;

/** The HTML that Altinn makes of a body. Throws for `ifReadable` alone. */
export function toHtml(markdown: string): string {
  return reader.render(markdown.replace(frontMatter, ""));
}

/** The same of one line by itself, such as a title. */
export function lineToHtml(line: string): string {
  return lineReader.render(line);
}

function altinnReader() {
  const made = new MarkdownIt("commonmark", { maxNesting: 100 }).enable("table");
  // Whatever the scheme, it is a link here; the second step keeps three of them.
  made.validateLink = () => true;
  made.block.ruler.at("list", list, { alt: ["paragraph", "reference", "blockquote"] });
  addBlocks(made);
  addNotes(made);
  addInlines(made);
  addEmphasis(made);
  boundBlocks(made);
  return made;
}
