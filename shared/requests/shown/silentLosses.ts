// Losses that a comparison of texts does not show: the sender's own Markdown has them already, or the inbox's has.
import type { Token } from "markdown-it";
import { footnote, joiner } from "./shownCauses.ts";

/** One thing on one line, counted from 1; `says` is a sentence without its line. */
export interface Finding {
  readonly line: number;
  readonly rule: string;
  readonly says: string;
}

/**
 * Those losses.
 *
 * @param tokens of the body as GitHub's Markdown
 * @param lines the body's
 */
export function silentLosses(tokens: readonly Token[], lines: readonly string[]): Finding[] {
  return [
    ...tokens.flatMap((token) => [...underline(token, lines), ...asterisks(token, lines)]),
    ...footnotes(tokens, lines),
  ];
}

/** A line of one or two dashes, which ends many a letter, makes a heading of what stands above it. */
function underline({ type, map }: Token, lines: readonly string[]): Finding[] {
  const line = map?.[1] ?? 0;
  if (type !== "heading_open" || !/^[\s>]*(-{1,2}|={1,2})\s*$/.test(lines[line - 1] ?? "")) return [];
  const says = `is dashes or equals signs alone: they make a heading of the line before. Leave a line blank before them, or ${joiner} before the first.`;
  return [{ line, rule: "underline", says }];
}

/** Asterisks that were meant as bold and are none, by CommonMark's own rules. */
function asterisks({ type, map, children }: Token, lines: readonly string[]): Finding[] {
  const isText = (child: Token) => child.type === "text" && child.content.includes("**");
  if (type !== "inline" || map === null || children?.some(isText) !== true) return [];
  const bold = /(^|[^\\*])\*\*[^\s*]|[^\s*\\]\*\*([^*]|$)/;
  const at = lines.slice(...map).findIndex((line) => bold.test(line));
  const says =
    'has asterisks that are shown as asterisks: bold must not end in a sign before a letter, or begin or end in a space. Move the sign out ("**Note**!").';
  return at < 0 ? [] : [{ line: map[0] + at + 1, rule: "asterisks", says }];
}

function footnotes(tokens: readonly Token[], lines: readonly string[]): Finding[] {
  const code = tokens.flatMap(({ type, map }) => (map !== null && /^(fence|code_block)$/.test(type) ? [map] : []));
  return lines.flatMap((line, index) => {
    if (!footnote.signs.test(line) || code.some(([from, to]) => index >= from && index < to)) return [];
    return [{ line: index + 1, rule: footnote.rule, says: footnote.says }];
  });
}
