// Replaces the source of one file while it is loaded: the tree stays as it is.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import type { Change } from "./changes/change.ts";

/** Where a change is made. */
export function fileOf({ file }: Pick<Change, "file">): URL {
  return new URL(`../shared/${file}`, import.meta.url);
}

/** The source of its file with a change. @throws if a text does not stand there exactly once: the code has moved on */
export function changedSource(
  change: Pick<Change, "name" | "file" | "edits">,
  source = readFileSync(fileOf(change), "utf8"),
): string {
  let changed = source;
  for (const [text, by] of change.edits) {
    const count = changed.split(text).length - 1;
    if (count !== 1) throw new Error(`"${change.name}": ${change.file} has ${count} times, and not once:\n${text}`);
    changed = changed.replace(text, () => by);
  }
  return changed;
}

/** From now on its file is loaded with the change. */
export function loadWith(change: Change): void {
  const { href } = fileOf(change);
  const source = changedSource(change);
  registerHooks({
    load: (url, context, next) => (url === href ? { ...next(url, context), source } : next(url, context)),
  });
}
