// Rows of text in columns, where there is room for them.
import stringWidth from "string-width";
import { padded } from "./columns.ts";

/**
 * The lines as columns, two spaces apart; the first line is the head.
 * @returns `undefined` where a line would be wider than `columns`
 */
export function tableOf(lines: readonly (readonly string[])[], columns: number): string | undefined {
  const count = Math.max(...lines.map((line) => line.length));
  const widths = Array.from({ length: count }, (_, index) =>
    Math.max(...lines.map((line) => stringWidth(line[index] ?? ""))),
  );
  const written = lines.map((line) =>
    line
      .map((cell, index) => padded(cell, widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return written.every((line) => stringWidth(line) <= columns) ? written.join("\n") : undefined;
}
