// The bundle: one entry, lazy parts apart, loads as an ES module, and a second build leaves nothing over.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { build } from "../../scripts/build.ts";

const entry = fileURLToPath(new URL("./fixtures/entry.ts", import.meta.url));
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "build-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

it("makes one entry file that loads, and a chunk for what is imported lazily", async () => {
  const { main, startBytes, allBytes } = await build({ entry, directory });
  expect(startBytes).toBeGreaterThanOrEqual((await readFile(main)).byteLength);
  expect(allBytes).toBeGreaterThan(startBytes);
  expect(await readFile(main, "utf8")).not.toContain("sourceMappingURL");
  expect((await readdir(directory)).filter((name) => name.endsWith(".js"))).toEqual(["main.js"]);
  expect((await readdir(join(directory, "chunks"))).some((name) => name.startsWith("lazy-"))).toBe(true);
  // Without a functions host the library says on its own that it registers nothing; what counts is that it loads.
  await writeFile(join(directory, "package.json"), '{"type":"module"}');
  await expect(promisify(execFile)(process.execPath, [main])).resolves.toBeDefined();
});

it("leaves nothing of an earlier build", async () => {
  await build({ entry, directory });
  await writeFile(join(directory, "chunks", "old-AAAAAAAA.js"), "");
  await build({ entry, directory });
  expect(await readdir(join(directory, "chunks"))).not.toContain("old-AAAAAAAA.js");
});

it("fails when it is larger than its budget, and leaves what was built before", async () => {
  const { startBytes, allBytes } = await build({ entry, directory });
  const before = await readdir(directory, { recursive: true });
  await expect(build({ entry, directory, budget: { startBytes: startBytes - 1, allBytes } })).rejects.toThrow(
    `a start loads ${startBytes} bytes of at most ${startBytes - 1}`,
  );
  await expect(build({ entry, directory, budget: { startBytes, allBytes: allBytes - 1 } })).rejects.toThrow("budget");
  expect(await readdir(directory, { recursive: true })).toEqual(before);
});

it("names the file that does not build", async () => {
  await expect(build({ entry: join(directory, "missing.ts"), directory })).rejects.toThrow("missing.ts");
});
