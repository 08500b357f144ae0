// docs/finding.md explains every word in which letters are asked for and shown, and no other.
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { InitializeOutcome, LaterCause } from "../../shared/altinn/outcome.ts";
import { LETTER_STATUSES, TOLD, WAITING_CAUSES } from "../../shared/finding/words.ts";
import { SOURCES } from "../../shared/records/facts.ts";

const page = await readFile(new URL("../../docs/finding.md", import.meta.url), "utf8");
const [, glossary = ""] = page.split("\n## Glossary\n");

/** Every cause that an attempt can have; the compiler names one that is missing. */
const CAUSES: Record<LaterCause | Exclude<InitializeOutcome["kind"], "sent" | "later">, true> = {
  timeout: true,
  connection: true,
  notConnected: true,
  unreadable: true,
  status: true,
  token: true,
  attachmentNotPublished: true,
  breakerOpen: true,
  ourSetUp: true,
  exists: true,
  never: true,
};

const signals = TOLD.filter((word) => !LETTER_STATUSES.includes(word));

test.each([
  ["status", LETTER_STATUSES],
  ["history", signals],
  ["waitingFor", [...WAITING_CAUSES, "unknown"]],
  ["cause", Object.keys(CAUSES)],
  ["source", [...SOURCES, "app"]],
])("each %s is in the glossary, once", (kind, words) => {
  const explained = [...glossary.matchAll(/^\| `(\w+)` \| (\w+) \| \S/gm)].filter(([, , is]) => is === kind);
  expect(explained.map(([, word]) => word).sort()).toEqual([...words].sort());
});
