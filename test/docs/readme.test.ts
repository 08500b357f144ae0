// The README is short and says what the code has: every function, every reason; docs/settings.md every setting.
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { END_REASONS } from "../../shared/altinn/endReason.ts";
import { settingsTable } from "../../shared/settings/settingsTable.ts";
import { ALL_CONTAINERS, QUEUES } from "../../shared/storage/names.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const readme = await readFile(resolve(ROOT, "README.md"), "utf8");
const settings = await readFile(resolve(ROOT, "docs", "settings.md"), "utf8");

test.each(settingsTable.map((setting) => [setting.name, setting] as const))("names the setting %s", (name, setting) => {
  const row = settings.split("\n").find((line) => line.startsWith(`| \`${name}\` |`));
  expect(row).toBeDefined();
  if (setting.default !== undefined) expect(row).toContain(`\`${setting.default}\``);
  if (setting.required) expect(row).toContain("required");
});

test("is short enough to be read at once, and shows the two pages", () => {
  expect(readme.split("\n").length).toBeLessThanOrEqual(201);
  const pictures = [...readme.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path = ""]) => path);
  expect(pictures).toEqual(["docs/images/dashboard.png", "docs/images/inbox.png"]);
  for (const path of pictures) expect(existsSync(resolve(ROOT, path)), path).toBe(true);
});

test("names every function", async () => {
  const files = await readdir(resolve(ROOT, "functions"));
  const functions = files.filter(
    (file) =>
      ![
        "main.ts",
        "invocation.ts",
        "answers.ts",
        "dashboardAnswers.ts",
        "queueTrigger.ts",
        "question.ts",
        "eachQueue.ts",
      ].includes(file),
  );
  expect(functions).toHaveLength(16);
  for (const file of functions) expect(readme).toContain(`| \`${file.replace(/\.ts$/, "")}\` |`);
});

test("names every reason, and the queues that producers use", () => {
  for (const reason of END_REASONS) expect(readme).toContain(`\`${reason}\``);
  for (const name of [QUEUES.requests, QUEUES.announcements]) expect(readme).toContain(name);
  expect(readme).toContain("correspondence-dead-letters");
  expect(ALL_CONTAINERS).toContain("correspondence-dead-letters");
});
