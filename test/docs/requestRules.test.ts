// docs/producers.md has a row for each rule on fields that are not known, and for each warning.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const read = (path: string) => readFile(resolve(ROOT, path), "utf8");

test.each(["shared/requests/unknownFields.ts", "shared/requests/warnings.ts"])("%s", async (path) => {
  const rules = new Set([...(await read(path)).matchAll(/rule: "(\w+)"/g)].map(([, rule]) => rule));
  const rows = (await read("docs/producers.md")).split("\n").filter((line) => line.startsWith("| `"));
  expect(rules.size).toBeGreaterThan(3);
  for (const rule of rules) expect(rows.some((row) => row.includes(`\`${rule}\``))).toBe(true);
});
