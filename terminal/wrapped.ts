// Sentences broken where the terminal ends, and what is wrong with a request in that form.
import wrapAnsi from "wrap-ansi";
import type { Problem } from "../shared/requests/problem.ts";
import { shown } from "./foreign.ts";

/** What stands before the first line and before those that follow. */
export interface Indent {
  readonly first?: string;
  /** Default: as many spaces as `first` is long. */
  readonly rest?: string;
}

/**
 * A text in lines of at most `columns`, indented. Lines of the text stay lines. A word that is longer than a line is
 * left whole: addresses and commands are there to be copied.
 */
export function wrapped(text: string, columns: number, { first = "", rest = " ".repeat(first.length) }: Indent = {}) {
  const room = Math.max(1, columns - Math.max(first.length, rest.length));
  const lines = wrapAnsi(text, room).split("\n");
  return lines.map((line, index) => `${index === 0 ? first : rest}${line}`.trimEnd()).join("\n");
}

/** A text of several lines, each wrapped by itself and indented as it was, by two more where an indented one goes on. */
export function wrappedLines(text: string, columns: number): string {
  return text
    .split("\n")
    .map((line) => {
      const [indent = ""] = /^ */.exec(line) ?? [];
      return wrapped(line.slice(indent.length), columns, { first: indent, rest: indent === "" ? "" : `${indent}  ` });
    })
    .join("\n");
}

/**
 * Everything that is wrong with a request, one below the other: `path: rule: message`, indented by two (or by `indent`),
 * and by two more where one goes on in the next line. Empty for none.
 */
export function problemText(
  problems: readonly Pick<Problem, "path" | "rule" | "message">[],
  columns: number,
  indent = "  ",
): string {
  return problems
    .map(({ path, rule, message }) => {
      const where = path === "" ? "(the request)" : shown(path);
      return wrapped(`${where}: ${shown(rule)}: ${shown(message)}`, columns, { first: indent, rest: `${indent}  ` });
    })
    .join("\n");
}
