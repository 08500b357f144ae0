// The table of a sender's fields in docs/senders.md is that of the schema which the setting is read by.
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { SENDER_FIELDS } from "../../shared/settings/sendersSetting.ts";

const page = await readFile(new URL("../../docs/senders.md", import.meta.url), "utf8");

test("each field that a sender can have has its row, and no other", () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \|.*\| ([^|]+) \|$/gm)].map(([, name = "", without = ""]) => ({
    name,
    isRequired: without.trim() === "required",
  }));
  expect(rows).toEqual(SENDER_FIELDS);
});

test("the example holds nothing else", () => {
  const [, example = "[]"] = /```json\n([\s\S]*?)\n```/.exec(page) ?? [];
  const fields = JSON.parse(example).flatMap((sender: object) => Object.keys(sender));
  const known = new Set(SENDER_FIELDS.map(({ name }) => name));
  expect(fields.filter((name: string) => !known.has(name))).toEqual([]);
});
