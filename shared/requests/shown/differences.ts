// Where the inbox shows something else than a body's sender means.
import { inboxBlocks, meantBlocks, type SeenBlock } from "./seenBlocks.ts";

/** One block of the body that comes out differently. */
export interface Difference {
  /** The line of the body on which the two part, counted from 1. */
  readonly line: number;
  /** Undefined: it is not in the body. */
  readonly meant: SeenBlock | undefined;
  /** Undefined: it is not shown. */
  readonly inbox: SeenBlock | undefined;
}

/** How many blocks may be lost or new before what follows is found again. */
const window = 40;

/**
 * Compares a body with what the inbox is given for it, block by block.
 *
 * @param markdown as the sender wrote it
 * @param given what Altinn hands out for it, without the addresses that it adds at the end
 */
export function differencesOf(markdown: string, given: string): Difference[] {
  const meant = meantBlocks(markdown);
  const inbox = inboxBlocks(given);
  const found: Difference[] = [];
  let at = 0;
  let other = 0;
  while (at < meant.length || other < inbox.length) {
    const [lost, added] = nextMatch(meant, at, inbox, other);
    for (const [step, block] of meant.slice(at, at + lost).entries()) {
      const instead = step < added ? inbox[other + step] : undefined;
      found.push({ line: lineOf(block, instead), meant: block, inbox: instead });
    }
    // What is new stands for what was lost just before it, if there is such.
    const next = meant[at] ?? meant.at(-1);
    if (lost === 0 && added > 0) found.push({ line: next?.line ?? 1, meant: undefined, inbox: inbox[other] });
    at += lost;
    other += added;
    while (at < meant.length && isSame(meant[at], inbox[other])) {
      at++;
      other++;
    }
  }
  return found;
}

/** How many blocks of each come before the next that are the same. */
function nextMatch(
  meant: readonly SeenBlock[],
  at: number,
  inbox: readonly SeenBlock[],
  other: number,
): [number, number] {
  for (let sum = 0; sum <= window; sum++) {
    for (let lost = 0; lost <= sum; lost++) {
      if (at + lost < meant.length && isSame(meant[at + lost], inbox[other + sum - lost])) return [lost, sum - lost];
    }
  }
  return [Math.min(window, meant.length - at), Math.min(window, inbox.length - other)];
}

function isSame(one: SeenBlock | undefined, two: SeenBlock | undefined): boolean {
  return one?.place === two?.place && one?.number === two?.number && one?.text === two?.text;
}

function lineOf(meant: SeenBlock, inbox: SeenBlock | undefined): number {
  const text = inbox?.text ?? "";
  let same = 0;
  while (same < meant.text.length && meant.text[same] === text[same]) same++;
  while (/^[\s\u2028]$/.test(meant.text[same] ?? "")) same++;
  return meant.line + meant.breaks.filter((start) => start <= same).length;
}
