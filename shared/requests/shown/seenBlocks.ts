// A body as a reader sees it, block by block: as its sender means it, and as the inbox shows what it is given.
// The inbox renders GitHub's Markdown, and of that drops raw HTML, images, strokes, task boxes and the first number
// of lists (its sanitizer keeps tags alone, and `href` of links).
import MarkdownIt, { type Token } from "markdown-it";
import { boundBlocks } from "./blockWork.ts";
import { readLetter } from "./readHtml.ts";
import { writeAnew } from "./writeAnew.ts";

/** A heading, a paragraph, a row of a table, a piece of code. */
export interface SeenBlock {
  /** What it stands in, outermost first (`quote`, `point`, `numbered point`), and its own kind. */
  readonly place: string;
  /** The number in front of it; undefined where there is none. */
  readonly number: number | undefined;
  /** With marks (control characters) where bold, italics and strokes begin and end; white space collapsed. */
  readonly text: string;
  /** The line it begins on, counted from 1. */
  readonly line: number;
  /** Where in `text` its further lines begin. */
  readonly breaks: readonly number[];
}

const reader = new MarkdownIt("commonmark", { maxNesting: 140 }).enable(["table", "strikethrough"]);
reader.validateLink = () => true;
boundBlocks(reader);

/** A body as GitHub's Markdown, token by token. Throws for `ifReadable` alone, as all here. */
export function githubTokens(markdown: string): Token[] {
  return reader.parse(markdown, {});
}

/** What the sender means: raw HTML as a browser reads it, struck text struck, boxes as boxes, numbers as they are. */
export function meantBlocks(markdown: string): SeenBlock[] {
  return new Seer(true).see(markdown);
}

/** What the inbox shows of what it is given. */
export function inboxBlocks(given: string): SeenBlock[] {
  return new Seer(false).see(given);
}

/** Begins with one of these in the text of a block: what follows is bold, italic, struck, all of it, or plain again. */
const marks = ["\u0001", "\u0002", "\u0003", "\u0004", "\u0005", "\u0006", "\u0007", "\u000E"];

class Seer {
  readonly #blocks: SeenBlock[] = [];
  readonly #asMeant: boolean;
  /** Quotations, lists and points around; a numbered list counts its points. */
  readonly #around: { name: string; count?: number; first?: string; number?: number; isFirst?: boolean }[] = [];

  constructor(asMeant: boolean) {
    this.#asMeant = asMeant;
  }

  see(markdown: string): SeenBlock[] {
    let row: { cells: string[]; line: number } | undefined;
    let kind = "paragraph";
    for (const token of githubTokens(markdown)) {
      const line = 1 + (token.map?.[0] ?? 0);
      if (token.type === "tr_open") row = { cells: [], line };
      else if (token.type === "tr_close" && row !== undefined) {
        this.#add("row", row.cells.join("|"), row.line, []);
        row = undefined;
      } else if (token.type === "heading_open") kind = `heading ${token.tag.slice(1)}`;
      else if (token.type === "paragraph_open") kind = "paragraph";
      else if (token.type === "inline") {
        const { text, breaks } = this.#textOf(token.children ?? []);
        if (row === undefined) this.#add(kind, text, line, breaks);
        else row.cells.push(text.trim());
      } else if (token.type === "fence" || token.type === "code_block") this.#add("code", token.content, line, []);
      else if (token.type === "hr") this.#add("rule", "-", line, []);
      else if (token.type === "html_block") this.#seeHtml(token.content, line);
      else this.#enterOrLeave(token);
    }
    return this.#blocks;
  }

  #seeHtml(html: string, line: number): void {
    const letter = this.#asMeant ? readLetter(html) : undefined;
    const given = letter && writeAnew(letter);
    if (given !== undefined) for (const block of inboxBlocks(given)) this.#blocks.push({ ...block, line });
  }

  #enterOrLeave(token: Token): void {
    if (!/^(blockquote|bullet_list|ordered_list|list_item)_/.test(token.type)) return;
    const around = this.#around.at(-1);
    if (token.nesting < 0) this.#around.pop();
    else if (token.type === "blockquote_open") this.#around.push({ name: "quote" });
    else if (token.type === "bullet_list_open") this.#around.push({ name: "list" });
    else if (token.type === "ordered_list_open") this.#around.push({ name: "list", count: 0 });
    else if (around?.count === undefined) this.#around.push({ name: "point", isFirst: true });
    else {
      around.count++;
      around.first ??= token.info;
      // A list whose points all have the same number is counted; in any other the sender means what stands there.
      const isCounted = !this.#asMeant || (token.info === around.first && around.count > 1);
      const number = isCounted ? around.count + (this.#asMeant ? Number(around.first) - 1 : 0) : Number(token.info);
      this.#around.push({ name: "point", number, isFirst: true });
    }
  }

  #add(kind: string, text: string, line: number, breaks: readonly number[]): void {
    const inside = this.#around.at(-1);
    const isFirst = inside?.isFirst === true;
    // The inbox drops the box of a task.
    const seen = isFirst && !this.#asMeant ? text.trim().replace(/^\[[ xX]\] /, "") : text.trim();
    if (seen === "") return;
    const names = this.#around.map(({ name, number }) => (number === undefined ? name : `numbered ${name}`));
    const place = [...names.filter((name) => name !== "list"), kind].join(" ");
    this.#blocks.push({ place, number: isFirst ? inside?.number : undefined, text: seen, line, breaks });
    if (inside !== undefined) inside.isFirst = false;
  }

  #textOf(tokens: readonly Token[]): { text: string; breaks: number[] } {
    let text = "";
    let shownMark = 0;
    let format = 0;
    const breaks: number[] = [];
    const add = (piece: string) => {
      const [, space = "", rest = ""] = /^(\s*)([\s\S]*)$/.exec(piece.replace(/\s+/g, " ")) ?? [];
      if (text !== "" && !text.endsWith(" ")) text += space;
      if (rest !== "" && format !== shownMark) {
        text += marks[format] ?? "";
        shownMark = format;
      }
      text += rest;
    };
    for (const token of tokens) {
      if (token.type === "text" || token.type === "code_inline") add(token.content);
      else if (token.type === "softbreak" || token.type === "hardbreak") {
        add(token.type === "softbreak" ? " " : " \u2028 ");
        breaks.push(text.length);
      } else if (token.type === "image" && this.#asMeant) add("\uFFFC");
      else if (token.type === "html_inline" && this.#asMeant) {
        if (/^<br\b/i.test(token.content)) add(" \u2028 ");
        format = withTag(format, token.content);
      } else if (token.nesting !== 0) format = withToken(format, token, this.#asMeant);
    }
    return { text, breaks };
  }
}

function withToken(format: number, token: Token, asMeant: boolean): number {
  const bit = token.tag === "strong" ? 1 : token.tag === "em" ? 2 : token.tag === "s" && asMeant ? 4 : 0;
  return token.nesting > 0 ? format | bit : format & ~bit;
}

function withTag(format: number, html: string): number {
  const [, close, name = ""] = /^<(\/?)(b|strong|i|em|s|del|strike)\b/i.exec(html) ?? [];
  const bit = /^(b|strong)$/i.test(name) ? 1 : /^(i|em)$/i.test(name) ? 2 : name === "" ? 0 : 4;
  return close === "/" ? format & ~bit : format | bit;
}
