// What the threat model and SECURITY.md say stops somebody names tests: each of these is there.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

test.each([
  ["docs/threat-model.md", "test"],
  ["SECURITY.md", ""],
])("%s names tests that there are", async (document, folder) => {
  const text = await readFile(resolve(ROOT, document), "utf8");
  const named = [...text.matchAll(/`([\w/-]+\.test\.ts)`/g)].map(([, file = ""]) => file);
  expect(named).not.toEqual([]);
  expect(named.filter((file) => !existsSync(resolve(ROOT, folder, file)))).toEqual([]);
});
