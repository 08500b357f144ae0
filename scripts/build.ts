// Builds what is deployed: dist/main.js, one bundle for all functions. `npm run build`.
//
// One entry point, because a bundle per function would copy what is kept in memory (tokens, the circuit breaker).
// What the app imports lazily (`@azure/identity`, readers of HTML) becomes a chunk of its own, loaded only where it is
// needed. The dashboard's page lies beside it, in dist/pages/dashboard/. More bytes than the budget, and it does not build.
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { buildPage } from "./buildPages.ts";

/** What to build, and where to. Paths are absolute. */
export interface BuildOptions {
  /** Default: functions/main.ts. */
  readonly entry?: string;
  /** Holds nothing else afterwards. Default: dist/. */
  readonly directory?: string;
  /** Default: `BUDGET` for the app, and none for another entry. */
  readonly budget?: Budget;
}

/** The most bytes that a build may have, without source maps. */
export type Budget = Pick<Built, "startBytes" | "allBytes">;

/** What was built. */
export interface Built {
  /** The entry file, absolute. */
  readonly main: string;
  /** Bytes of what every start of the app loads: the entry file, and the chunks that it imports at once. */
  readonly startBytes: number;
  /** Bytes of all files without the source maps. */
  readonly allBytes: number;
}

/**
 * The most bytes that the app may have. Node reads and compiles every byte of a start before the first letter: whoever
 * needs more looks first whether it can be loaded when it is needed, and then raises this with the reason.
 */
export const BUDGET: Budget = { startBytes: 1_700_000, allBytes: 3_900_000 };

const ROOT = resolve(fileURLToPath(new URL("..", import.meta.url)));

/** Where esbuild thinks that it writes to: names of chunks follow from paths, and must not differ with the real place. */
const NOMINAL = join(ROOT, "dist");

/**
 * CommonJS packages inside an ES module need a `require`. It is imported under a name of its own, because packages of
 * the bundle import `createRequire` too, and the same name twice does not parse.
 */
export const BANNER = [
  'import { createRequire as createRequireOfBundle } from "node:module";',
  "const require = createRequireOfBundle(import.meta.url);",
].join("\n");

/** Builds the app. Rejects with esbuild's messages, which name file and line. */
export async function build(options: BuildOptions = {}): Promise<Built> {
  const directory = options.directory ?? NOMINAL;
  const page = options.entry === undefined ? await buildPage("dashboard") : [];
  const { outputFiles, metafile } = await esbuild.build({
    entryPoints: { main: options.entry ?? join(ROOT, "functions", "main.ts") },
    outdir: NOMINAL,
    absWorkingDir: ROOT,
    bundle: true,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    format: "esm",
    platform: "node",
    target: "node22",
    // The host provides the first; `@azure/functions` looks for it at run time. The second is no dependency of what is
    // deployed: `debug` takes it where it finds it, and it would be in the bundle wherever development tools bring it.
    external: ["@azure/functions-core", "supports-color"],
    banner: { js: BANNER },
    // Beside the file. In dist/, from where debuggers find the sources, it is named in the file too; nowhere else, so that
    // nothing is loaded that nobody asked for.
    sourcemap: directory === NOMINAL ? "linked" : "external",
    sourcesContent: false,
    // Names stay as they are, so that a stack says something without a source map. Those that esbuild has to change, because
    // two modules have the same, nothing reads: errors have theirs as a text.
    minifyWhitespace: true,
    minifySyntax: true,
    metafile: true,
    logLevel: "warning",
    write: false,
  });
  // Its compiler is a process of its own, which would stay as long as we do.
  await esbuild.stop();
  const built = { main: join(directory, "main.js"), ...sizesOf(metafile.outputs) };
  const budget = options.budget ?? (options.entry === undefined ? BUDGET : undefined);
  if (budget !== undefined) requireWithin(budget, built);
  const files = [
    ...page.map(({ name, contents }) => ({ path: join(directory, "pages", "dashboard", name), contents })),
    ...outputFiles.map(({ path, contents }) => ({ path: join(directory, relative(NOMINAL, path)), contents })),
  ];
  await replaceFiles(directory, files, (path) => path.endsWith("main.js"));
  return built;
}

type Outputs = esbuild.Metafile["outputs"];

function sizesOf(outputs: Outputs): Pick<Built, "startBytes" | "allBytes"> {
  const scripts = Object.entries(outputs).filter(([path]) => path.endsWith(".js"));
  const [main] = scripts.find(([path]) => resolve(ROOT, path) === join(NOMINAL, "main.js")) ?? [];
  const sum = (paths: Iterable<string>) => [...paths].reduce((bytes, path) => bytes + (outputs[path]?.bytes ?? 0), 0);
  return {
    startBytes: sum(main === undefined ? [] : loadedWith(main, outputs)),
    allBytes: sum(scripts.map(([path]) => path)),
  };
}

/** A file, and all that it imports at once. */
function loadedWith(main: string, outputs: Outputs): ReadonlySet<string> {
  const loaded = new Set([main]);
  for (const path of loaded) {
    const statements = outputs[path]?.imports.filter(({ kind }) => kind === "import-statement") ?? [];
    for (const statement of statements) if (outputs[statement.path]) loaded.add(statement.path);
  }
  return loaded;
}

function requireWithin(budget: Budget, { startBytes, allBytes }: Built): void {
  if (startBytes <= budget.startBytes && allBytes <= budget.allBytes) return;
  throw new Error(
    `The build is larger than its budget (scripts/build.ts): a start loads ${startBytes} bytes of at most ` +
      `${budget.startBytes}, and there are ${allBytes} of at most ${budget.allBytes}. Import where it is needed what a plain letter does without.`,
  );
}

/**
 * Writes what has changed, each file at once and the entries last, and then removes what is left over: a host that runs
 * from this directory, or another build at the same time, never finds half of it.
 */
export async function replaceFiles(
  directory: string,
  files: readonly Pick<esbuild.OutputFile, "path" | "contents">[],
  isEntry: (path: string) => boolean,
): Promise<void> {
  const entryLast = files.toSorted((a, b) => Number(isEntry(a.path)) - Number(isEntry(b.path)));
  for (const { path, contents } of entryLast) {
    const existing = await readFile(path).catch(() => undefined);
    if (existing?.equals(contents)) continue;
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.${process.pid}.tmp`;
    await writeFile(temporary, contents);
    await rename(temporary, path);
  }
  const wanted = new Set(files.map(({ path }) => path));
  const isOurs = (path: string) => wanted.has(path) || path.endsWith(".tmp");
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !isOurs(path)) await rm(path, { force: true });
  }
}

if (import.meta.main) {
  const built = await build().catch((error: unknown) => {
    // esbuild has said what is wrong by then.
    if (!(error instanceof Error && "errors" in error)) console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
  const kilobytes = (bytes: number) => `${Math.round(bytes / 1024)} kB`;
  process.stdout.write(
    `dist/main.js: a start loads ${kilobytes(built.startBytes)}, of ${kilobytes(built.allBytes)} in all\n`,
  );
}
