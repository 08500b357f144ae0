// What it may cost to find the blocks of a body. Each quotation, list or note looks at all lines in it whether they belong to
// it, so blocks in blocks cost their depth times their lines: short signs before many lines would take half a minute.
import type { MarkdownIt, StateBlock, Token } from "markdown-it";
import { everywhere } from "./markdownLines.ts";

/** Looks at lines in one reading of a body: twice what 30,000 characters need that stand one to a line. */
const mostLooks = 100_000;

/** Altinn's parser gives up on what is nested as deep as this, and the inbox shows an error. */
export const tooDeep = 128;

interface Work {
  looks: number;
  depth: number;
}

/** The work for each reading, by its environment. */
const works = new WeakMap<object, Work>();

const tooMuch = new Error("More blocks in each other than in any letter.");

/** Ends what {@link ifReadable} has begun. */
export function giveUp(): never {
  throw tooMuch;
}

/** What reading gives; undefined where it came upon more blocks in each other than any letter has. */
export function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error === tooMuch) return undefined;
    throw error;
  }
}

/** Counts each look at a line that any rule for blocks has. To be called when the reader has its rules. */
export function boundBlocks(reader: MarkdownIt): void {
  const count = (state: StateBlock) => {
    addLooks(state, 1);
    return false;
  };
  reader.block.ruler.before("table", "work", count, everywhere);
}

/** Counts looks that a rule has by itself. Throws for `ifReadable`. */
export function addLooks(state: StateBlock, looks: number): void {
  const work = workOf(state);
  work.looks += looks;
  if (work.looks > mostLooks) giveUp();
}

/** Reads lines of a block as a document of their own. Throws for `ifReadable`. */
export function readWithin(state: StateBlock, text: string, tokens: Token[]): void {
  const work = workOf(state);
  if (++work.depth >= tooDeep) giveUp();
  state.md.block.parse(text, state.md, state.env, tokens);
  work.depth--;
}

function workOf({ env }: StateBlock): Work {
  const work = works.get(env) ?? { looks: 0, depth: 0 };
  works.set(env, work);
  return work;
}
