// What all commands have in common: they start from a few files, and each says how it is used.
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { areCurrent, BUNDLES, bundleOf, SOURCES, stampOf } from "../../scripts/commands.mjs";

const ROOT = resolve(import.meta.dirname, "../..");

/** Modules that a command may load to say how it is used; from its sources they are five to eight hundred. */
const FEW = 50;

/** Counts what is loaded, and tells it on standard error at the end. */
const COUNTER = `
import { registerHooks } from "node:module";
let count = 0;
registerHooks({ load(url, context, next) { if (!url.startsWith("node:")) count++; return next(url, context); } });
process.on("exit", () => process.stderr.write("modules " + count));
`;

/**
 * Asks a script's bundle for the help of each of its commands and of theirs, all in one process: a process for each takes
 * half a minute. The entry is run anew each time; what it shares with others is not.
 */
const HELP_OF_ALL = `
const [bundle] = process.argv.slice(2);
const write = process.stdout.write.bind(process.stdout);
const said = [];
const waiting = [[]];
for (const command of waiting) {
  let help = "";
  process.stdout.write = (text) => (help += text) !== "";
  process.argv = [process.argv[0], bundle, ...command, "--help"];
  process.exitCode = undefined;
  await import(bundle + "?" + said.length);
  await new Promise((resolve) => setImmediate(resolve));
  said.push({ command: command.join(" "), help, status: process.exitCode ?? 0 });
  const [, list = ""] = /\\nCommands:\\n(.*?)(?:\\n\\n|$)/s.exec(help) ?? [];
  const names = [...list.matchAll(/^ {2}(\\w[\\w-]*)/gm)].map(([, name]) => name).filter((name) => name !== "help");
  waiting.push(...names.map((name) => [...command, name]));
}
process.exitCode = 0;
write(JSON.stringify(said));
`;

const saidSchema = z.array(z.object({ command: z.string(), help: z.string(), status: z.number() }));

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "commands-"));
  await writeFile(join(directory, "counter.mjs"), COUNTER);
  await writeFile(join(directory, "helpOfAll.mjs"), HELP_OF_ALL);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Runs a program on the Node that npm would find. */
function run(args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, INIT_CWD: directory, COLUMNS: "80", ...more };
  return spawnSync(process.execPath, args, { encoding: "utf8", cwd: directory, env });
}

async function scripts(): Promise<string[]> {
  const manifest = await readFile(join(ROOT, "package.json"), "utf8");
  return [...manifest.matchAll(/ (cli\/\w+\.ts)"/g)].map(([, script = ""]) => script);
}

it("every command starts from a few files; its help is at most 80 wide, with exit statuses, and no path of this machine", async () => {
  const found = await scripts();
  expect(found.length).toBeGreaterThanOrEqual(7);
  for (const script of found) {
    // As `npm run` does it.
    const counter = pathToFileURL(join(directory, "counter.mjs")).href;
    const command = [join(ROOT, "scripts", "run.mjs"), script, "--help"];
    const { stdout, stderr, status } = run(command, { NODE_OPTIONS: `--import=${counter}` });
    expect(status, script).toBe(0);
    expect(modulesTold(stderr), script).toBeLessThanOrEqual(FEW);

    const bundle = pathToFileURL(join(ROOT, bundleOf(".", script) ?? "")).href;
    const said = saidSchema.parse(JSON.parse(run([join(directory, "helpOfAll.mjs"), bundle]).stdout));
    expect(said[0]).toEqual({ command: "", help: stdout, status: 0 });
    for (const { command, help, status } of said) {
      const name = `${script} ${command}`;
      expect(status, name).toBe(0);
      expect(help, name).not.toContain(ROOT);
      expect(help.replaceAll(/\s+/g, " "), name).toMatch(/Exits with 0 .* with 1 .* with 2 /);
      expect(
        help.split("\n").filter((line) => line.length > 80),
        name,
      ).toEqual([]);
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
