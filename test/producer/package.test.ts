// The package as a producer gets it: packed, installed in an empty project, run as plain JavaScript, and type checked.
//
// The kit is built into a directory of its own: dist/ belongs to whoever builds the app at the same time.
import { type ExecFileException, execFile, spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { buildKit } from "../../producer/prepack.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { aProducerRequest, blobsOf, dropped, storedAttachment } from "./letters.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const NAME = "altinn-correspondence-sender";

let storage: Storage;
let directory: string;
let project: string;
let packed: Packed;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "package-"));
  [packed, storage] = await Promise.all([pack(join(directory, "repository")), startStorage()]);
  project = join(directory, "project");
  await mkdir(project);
  await writeFile(join(project, "package.json"), JSON.stringify({ name: "a-producer", type: "module", private: true }));
  const tarball = join(directory, "repository", packed.filename);
  await npm(project, "install", tarball, "--prefer-offline", "--no-audit", "--no-fund");
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

const packSchema = z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) });

interface Packed {
  readonly filename: string;
  readonly paths: readonly string[];
}

/** Packs what `npm pack` would pack in the repository, once it is built. */
async function pack(repository: string): Promise<Packed> {
  await mkdir(join(repository, "dist"), { recursive: true });
  for (const name of [
    "package.json",
    "README.md",
    "LICENSE",
    "docs",
    "producer",
    "scripts/altinn-correspondence.mjs",
  ]) {
    await cp(join(ROOT, name), join(repository, name), { recursive: true });
  }
  await writeFile(join(repository, "dist", "main.js"), "// the app's bundle\n");
  await buildKit(join(repository, "dist"));
  const output = await npm(repository, "pack", "--ignore-scripts", "--json");
  // One report in a list, or, by newer versions, in an object.
  const [report] = Object.values(JSON.parse(output));
  const { filename, files } = packSchema.parse(report);
  return { filename, paths: files.map(({ path }) => path) };
}

describe("the package", () => {
  it("holds the kit and what it needs, and nothing else", () => {
    const others = packed.paths.filter((path) => !path.startsWith("dist/producer/"));
    expect(others.toSorted()).toEqual([
      "LICENSE",
      "README.md",
      "docs/schemas/announcement.schema.json",
      "docs/schemas/correspondence-request.schema.json",
      "docs/schemas/received-letter.schema.json",
      "package.json",
      "producer/README.md",
      // The `bin`, which says where the commands are.
      "scripts/altinn-correspondence.mjs",
    ]);
    const folders = new Set(packed.paths.map((path) => /^dist\/producer\/([a-z]+)\//.exec(path)?.[1]));
    expect(folders).toEqual(new Set([undefined, "producer", "shared"]));
    expect(
      packed.paths.filter((path) => /\.test\.|prepack|\/(?:app|settings|sendRequest|sendDispatch)\./.test(path)),
    ).toEqual([]);
  });

  it("says where the commands are, which it does not hold", () => {
    const bin = join(project, "node_modules", ".bin", "altinn-correspondence");
    const { status, stderr } = spawnSync(process.execPath, [bin, "status"], { encoding: "utf8" });
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining("npm link") });
  });

  it("is what `npm pack` makes in the repository", async () => {
    const manifest: unknown = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
    expect(manifest).toMatchObject({
      main: "dist/main.js",
      scripts: { prepack: "node scripts/run.mjs producer/prepack.ts" },
    });
  });

  it("loads without doing anything, and without the rest of the app", async () => {
    const lines = [
      `import { registerHooks } from "node:module";`,
      "const loaded = [];",
      "registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });",
      `const kit = await import("${NAME}");`,
      "const handles = process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY|FS|Close)/.test(name));",
      "console.log(JSON.stringify({ names: Object.keys(kit), loaded, handles }));",
    ];
    const { names, loaded, handles } = z
      .object({ names: z.array(z.string()), loaded: z.array(z.string()), handles: z.array(z.string()) })
      .parse(JSON.parse(await run("load.mjs", lines)));
    expect(names.toSorted()).toEqual(["StorageFailure", "announcementTypes", "createProducer"]);
    expect(handles).toEqual([]);
    expect(loaded.length).toBeGreaterThan(20);
    expect(
      loaded.filter((url) => /node_modules\/(@azure\/(functions|identity)|jose|cockatiel|form-data)\//.test(url)),
    ).toEqual([]);
  });

  it("sends a letter from a few lines of plain JavaScript", async () => {
    const account = await storage.account();
    const request = aProducerRequest({ id: "plain", attachments: [{ fileName: "a.txt", sendersReference: "a" }] });
    const lines = [
      `import { createProducer } from "${NAME}";`,
      "const producer = createProducer({ connectionString: process.env.STORAGE });",
      `const outcome = await producer.send(${JSON.stringify(request)}, { attachments: { "a.txt": Buffer.from("Hei") } });`,
      "console.log(outcome.kind, outcome.requestId);",
      "await producer.readAnnouncements(() => {}, { untilEmpty: true });",
    ];
    expect(await run("send.mjs", lines, { STORAGE: account.connectionString })).toBe("dropped plain\n");
    const [path = ""] = blobsOf((await dropped(account))[0]);
    expect((await storedAttachment(account, path)).content.toString()).toBe("Hei");
  });

  it("is there for CommonJS as well, on the oldest Node of its engines' kinds that is at hand", async () => {
    const account = await storage.account();
    const request = aProducerRequest({ id: "required" });
    const lines = [
      `const { createProducer } = require("${NAME}");`,
      "const producer = createProducer({ connectionString: process.env.STORAGE });",
      `producer.send(${JSON.stringify(request)}).then((outcome) => console.log(outcome.kind, outcome.requestId));`,
    ];
    for (const node of nodes()) {
      expect(await run("use.cjs", lines, { STORAGE: account.connectionString }, node)).toBe("dropped required\n");
    }
    await writeFile(
      join(project, "example99.cts"),
      `import { createProducer } from "${NAME}";\ncreateProducer({ connectionString: 1 });\n`,
    );
    expect(await typecheck()).toMatch(/^example99\.cts\(2,18\): error TS2322/);
    await rm(join(project, "example99.cts"));
  });

  it("names the Node versions that its own dependencies and require() take", async () => {
    const { engines } = z
      .object({ engines: z.object({ node: z.string() }) })
      .parse(JSON.parse(await readFile(join(project, "node_modules", NAME, "package.json"), "utf8")));
    const oldest = /^\^20\.(\d+)\.0 \|\| >=22\.(\d+)\.0$/.exec(engines.node)?.slice(1).map(Number) ?? [];
    // ES modules can be required, without a flag, from 20.19 and 22.12 on.
    expect(oldest).toEqual([19, 12]);
    const installed = await readdir(join(project, "node_modules"), { recursive: true });
    const manifests = installed.filter((path) => /(^|[\\/])package\.json$/.test(path));
    const needs = await Promise.all(manifests.map((path) => readFile(join(project, "node_modules", path), "utf8")));
    const tooNew = needs.filter((text) => {
      const least = /^>= ?20(?:\.(\d+))?/.exec(needsNode.parse(JSON.parse(text)).engines?.node ?? "")?.[1] ?? 0;
      return Number(least) > 19;
    });
    expect(tooNew).toEqual([]);
  });

  it("has types, by which the examples of its README are right, and a slip is not", async () => {
    const readme = await readFile(join(project, "node_modules", NAME, "producer", "README.md"), "utf8");
    const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
    expect(examples.length).toBeGreaterThanOrEqual(5);
    for (const [index, code] of examples.entries()) await writeFile(join(project, `example${index}.ts`), code);
    expect(await typecheck()).toBe("");

    const slip = examples[0]?.replace("messageTitle", "mesageTitle") ?? "";
    await writeFile(join(project, "example0.ts"), slip);
    expect(await typecheck()).toMatch(/example0\.ts.*mesageTitle/s);
  });

  it("gives the schemas to whoever asks for them", async () => {
    const lines = [
      `import schema from "${NAME}/schemas/correspondence-request.schema.json" with { type: "json" };`,
      "console.log(schema.title);",
    ];
    expect(await run("schema.mjs", lines)).toBe("Correspondence request\n");
    expect(await readdir(join(project, "node_modules", NAME))).toContain("LICENSE");
  });
});

const needsNode = z.object({ engines: z.object({ node: z.string().optional() }).optional().catch(undefined) });

/** The Node that the tests run on, and the one that npm was started with, which may be another. */
function nodes(): Set<string> {
  return new Set([process.execPath, process.env.npm_node_execpath ?? process.execPath]);
}

async function run(
  name: string,
  lines: readonly string[],
  environment: Record<string, string> = {},
  node: string = process.execPath,
): Promise<string> {
  await writeFile(join(project, name), lines.join("\n"));
  const { output, errors } = await execute(node, [join(project, name)], project, environment);
  expect(errors).toBe("");
  return output;
}

/** What the compiler says of the project's examples; with strict settings, and the libraries' own types looked at. */
async function typecheck(): Promise<string> {
  const types = join(ROOT, "node_modules", "@types");
  const options = {
    strict: true,
    noEmit: true,
    target: "ES2023",
    lib: ["ES2023"],
    module: "NodeNext",
    types: ["node"],
  };
  const compilerOptions = { ...options, typeRoots: [types], exactOptionalPropertyTypes: true, skipLibCheck: false };
  await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["example*"] }));
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  return (await execute(process.execPath, [compiler, "--project", project], project)).output;
}

async function npm(directory: string, ...args: readonly string[]): Promise<string> {
  const { output, errors, status } = await execute("npm", args, directory);
  if (status !== 0) throw new Error(`npm ${args[0]} failed: ${errors}`);
  return output;
}

function execute(
  program: string,
  args: readonly string[],
  cwd: string,
  environment: Record<string, string> = {},
): Promise<{ status: number; output: string; errors: string }> {
  const options = { cwd, env: { ...process.env, ...environment }, maxBuffer: 16 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(program, args, options, (error: ExecFileException | null, output, errors) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), output, errors });
    });
  });
}
