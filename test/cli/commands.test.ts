// What all commands have in common: they start from a few files, and each says how it is used.
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { areCurrent, BUNDLES, SOURCES, stampOf } from "../../scripts/commands.mjs";

const ROOT = resolve(import.meta.dirname, "../..");

/** Modules that a command may load to say how it is used; from its sources they are five to eight hundred. */
const FEW = 40;

/** Counts what is loaded, and tells it on standard error at the end. */
const COUNTER = `
import { registerHooks } from "node:module";
let count = 0;
registerHooks({ load(url, context, next) { if (!url.startsWith("node:")) count++; return next(url, context); } });
process.on("exit", () => process.stderr.write("modules " + count));
`;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "commands-"));
  await writeFile(join(directory, "counter.mjs"), COUNTER);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Runs a script as `npm run` does, on the Node that npm would find. */
function run(script: string, args: readonly string[]) {
  const counter = pathToFileURL(join(directory, "counter.mjs")).href;
  const command = [join(ROOT, "scripts", "run.mjs"), script, ...args];
  return spawnSync(process.execPath, command, {
    encoding: "utf8",
    cwd: directory,
    env: { ...process.env, INIT_CWD: directory, COLUMNS: "80", NODE_OPTIONS: `--import=${counter}` },
  });
}

async function scripts(): Promise<string[]> {
  const manifest = await readFile(join(ROOT, "package.json"), "utf8");
  return [...manifest.matchAll(/ (cli\/\w+\.ts)"/g)].map(([, script = ""]) => script);
}

/** The commands of a program, as its help lists them, each with those of its own. */
function commandsIn(help: string): string[] {
  const [, list = ""] = /\nCommands:\n(.*?)(?:\n\n|$)/s.exec(help) ?? [];
  return [...list.matchAll(/^ {2}(\w[\w-]*)/gm)].map(([, name = ""]) => name).filter((name) => name !== "help");
}

it("every command starts from a few files; its help is at most 80 wide, with exit statuses, and no path of this machine", async () => {
  const found = await scripts();
  expect(found.length).toBeGreaterThanOrEqual(7);
  for (const script of found) {
    const waiting: string[][] = [[]];
    for (const command of waiting) {
      const { stdout, stderr, status } = run(script, [...command, "--help"]);
      const name = [script, ...command].join(" ");
      expect(status, name).toBe(0);
      expect(stdout, name).not.toContain(ROOT);
      expect(stdout.replaceAll(/\s+/g, " "), name).toMatch(/Exits with 0 .* with 1 .* with 2 /);
      expect(
        stdout.split("\n").filter((line) => line.length > 80),
        name,
      ).toEqual([]);
      expect(modulesTold(stderr), name).toBeLessThanOrEqual(FEW);
      waiting.push(...commandsIn(stdout).map((inner) => [...command, inner]));
    }
  }
});

/** Of every process that took part. NaN, which is no number of modules, when none has told. */
function modulesTold(stderr: string): number {
  const counts = [...stderr.matchAll(/modules (\d+)/g)].map(([, count]) => Number(count));
  return counts.length === 0 ? Number.NaN : counts.reduce((sum, count) => sum + count);
}

describe("the bundles", () => {
  it("are made anew when a source has changed or is gone, and when their list is cut", async () => {
    const source = join(directory, "cli", "a.ts");
    const list = join(directory, BUNDLES, SOURCES);
    for (const path of [source, list]) await mkdir(dirname(path), { recursive: true });
    await writeFile(source, "export const a = 1;");
    expect(areCurrent(directory)).toBe(false);
    await writeFile(list, JSON.stringify({ "cli/a.ts": stampOf(source) }));
    expect(areCurrent(directory)).toBe(true);
    await writeFile(source, "export const a = 22;");
    expect(areCurrent(directory)).toBe(false);
    await writeFile(list, JSON.stringify({ "cli/a.ts": stampOf(source) }).slice(0, -3));
    expect(areCurrent(directory)).toBe(false);
    await writeFile(list, JSON.stringify({ "cli/a.ts": stampOf(source) }));
    await rm(source);
    expect(areCurrent(directory)).toBe(false);
  });
});
