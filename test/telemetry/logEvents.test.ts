// What the log says and what the guides say of it: each event has a row, at the levels that the code writes it at.
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { LOG_EVENTS } from "../../shared/telemetry/logEvents.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const LEVELS: Readonly<Record<string, string>> = { info: "info", warn: "warn", alert: "error" };

/** The levels of each event, as the code writes them, least first. */
async function writtenEvents(): Promise<Map<string, string>> {
  const found = new Map<string, Set<string>>();
  for (const folder of ["shared", "functions"]) {
    for (const entry of await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
      const text = await readFile(join(entry.parentPath, entry.name), "utf8");
      for (const [, method = "", event = ""] of text.matchAll(/\b(info|warn|alert)\(\s*"(\w+)"/g)) {
        found.set(event, (found.get(event) ?? new Set()).add(LEVELS[method] ?? ""));
      }
    }
  }
  const inOrder = (levels: ReadonlySet<string>) => Object.values(LEVELS).filter((level) => levels.has(level));
  return new Map([...found].map(([event, levels]) => [event, inOrder(levels).join(", ")]));
}

it("each event of the list is written somewhere: take out of shared/telemetry/logEvents.ts what is not any more", async () => {
  expect([...(await writtenEvents()).keys()].toSorted()).toEqual(LOG_EVENTS.toSorted());
});

it("each has a row in docs/alerts.md, at its levels: add one there for what is new here", async () => {
  const guide = await readFile(join(ROOT, "docs/alerts.md"), "utf8");
  const section = guide.slice(guide.indexOf("## The log, line by line"));
  const rows = [...section.matchAll(/^\| `(\w+)` \| ([\w, ]+) \| /gm)].map(([, event, level]) => [event, level]);
  const written = await writtenEvents();
  expect(rows).toEqual(LOG_EVENTS.map((event) => [event, written.get(event)]));
});

it("docs/operating.md tells of no line that is never written", async () => {
  const text = await readFile(join(ROOT, "docs", "operating.md"), "utf8");
  const told = [...text.matchAll(/\blog `(\w+)`/g)].map(([, event = ""]) => event);
  const known: ReadonlySet<string> = new Set(LOG_EVENTS);
  expect(told.length).toBeGreaterThan(0);
  expect(told.filter((event) => !known.has(event))).toEqual([]);
});
