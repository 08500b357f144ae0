// Bundles the command line for run.mjs. Most of a command's start is looking for and reading its modules: seven hundred
// of them, and a hundred are TypeScript. A bundle loads a few files in a third of the time.
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { BANNER, replaceFiles } from "./build.ts";
import { BUNDLES, SOURCES, stampOf } from "./commands.mjs";

const ROOT = resolve(fileURLToPath(new URL("..", import.meta.url)));

/** Bundles the given scripts of cli/, named by their paths from the root. Rejects with esbuild's messages. */
export async function buildCommands(scripts: readonly string[]): Promise<void> {
  const directory = join(ROOT, BUNDLES);
  const startedAt = Date.now();
  const { outputFiles, metafile } = await esbuild.build({
    entryPoints: scripts.map((script) => join(ROOT, script)),
    outdir: directory,
    absWorkingDir: ROOT,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    external: ["@azure/functions-core", "supports-color"],
    banner: { js: BANNER },
    keepNames: true,
    metafile: true,
    logLevel: "error",
    write: false,
    plugins: [keepPlaces],
  });
  await esbuild.stop();
  const sources = Object.keys(metafile.inputs).filter((path) => !path.startsWith("node_modules/"));
  const read = [...sources, "package.json", "package-lock.json", relative(ROOT, import.meta.filename)];
  const isEntry = (path: string) => scripts.some((script) => basename(path, ".js") === basename(script, ".ts"));
  const list = join(directory, SOURCES);
  // Without its list a bundle is not used: so nobody takes a new one for what the old list says.
  await rm(list, { force: true });
  await replaceFiles(directory, outputFiles, isEntry);
  const times = await Promise.all(read.map(async (path) => (await stat(join(ROOT, path))).mtimeMs));
  // Written to while we read: nobody knows which of the two we have, so the next command makes them anew.
  if (times.some((time) => time >= startedAt)) return;
  const stamps = Object.fromEntries(read.map((path) => [path, stampOf(join(ROOT, path))]));
  await writeFile(list, JSON.stringify(stamps));
}

/** A source's `import.meta.url` stays its own: it leads to what lies beside it. */
const keepPlaces: esbuild.Plugin = {
  name: "keep-places",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      if (path.includes(`${sep}node_modules${sep}`) || !text.includes("import.meta.url")) return undefined;
      const place = relative(join(ROOT, BUNDLES), path).split(sep).join("/");
      const own = `new URL(${JSON.stringify(place)}, import.meta.url).href`;
      return { contents: text.replaceAll("import.meta.url", own), loader: "ts" };
    });
  },
};

/** Every script of cli/ that package.json runs, by its path from the root. */
export async function commandScripts(): Promise<string[]> {
  const manifest = await readFile(join(ROOT, "package.json"), "utf8");
  return [...manifest.matchAll(/ (cli\/\w+\.ts)"/g)].map(([, script = ""]) => script);
}

if (import.meta.main) await buildCommands(await commandScripts());
