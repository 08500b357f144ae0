// Lines of a body as the rules for blocks look at them.
import type { StateBlock } from "markdown-it";

/** For a rule whose block may begin right behind a line of any other. */
export const everywhere = { alt: ["paragraph", "reference", "blockquote", "list"] };

/** Where a line begins, behind its indent and what it stands in. */
export function startOf(state: StateBlock, line: number): number {
  return (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0);
}

/** By how many columns a line is indented within what it stands in: 4 make code of it. */
export function indentOf(state: StateBlock, line: number): number {
  return (state.sCount[line] ?? 0) - state.blkIndent;
}

/** A line from where it begins. */
export function lineOf(state: StateBlock, line: number): string {
  return state.src.slice(startOf(state, line), state.eMarks[line] ?? 0);
}

/** Adds running text. */
export function pushText(state: StateBlock, text: string): void {
  const token = state.push("inline", "", 0);
  token.content = text.trim();
  token.children = [];
}
