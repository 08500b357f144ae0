// What the app loads when it is first needed takes real time, in which a history would go on without it.
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename } from "node:path";
import { expect, test } from "vitest";

const SHARED = `${import.meta.dirname}/../../shared`;

test("each module of ours that is loaded late is there before a history begins", async () => {
  const files = (await readdir(SHARED, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const late = files.flatMap((name) =>
    [...readFileSync(`${SHARED}/${name}`, "utf8").matchAll(/\bimport\("\.[^"]*\/([^"/]+)"\)/g)].map(([, file]) => file),
  );
  const ahead = readFileSync(`${import.meta.dirname}/../../simulation/loadAhead.ts`, "utf8");
  const loaded = [...ahead.matchAll(/^import "([^"]+)";/gm)].map(([, path]) => basename(path ?? ""));
  expect(loaded.length).toBeGreaterThan(0);
  expect(loaded.toSorted()).toEqual(late.toSorted());
});
