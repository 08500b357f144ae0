// The table of changes in simulation/README.md. Pure.
import type { Change } from "./changes/change.ts";

/** What finds each change, as a table in Markdown: first those that are found, then those that harm nobody. */
export function tableOf(changes: readonly Change[]): string {
  const found = changes.filter(({ foundBy }) => !("nothing" in foundBy));
  const others = changes.filter(({ foundBy }) => "nothing" in foundBy);
  return ["| change | found by |", "|---|---|", ...[...found, ...others].map(rowOf)].join("\n");
}

function rowOf({ name, file, foundBy }: Change): string {
  return `| ${name} (\`${file}\`) | ${finding(foundBy)} |`;
}

function finding(foundBy: Change["foundBy"]): string {
  return "scenario" in foundBy ? `"${foundBy.scenario}"` : `nothing: ${foundBy.nothing}`;
}
