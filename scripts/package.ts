// Makes what is deployed: release/app with the bundle, host.json and package.json; the same as one zip; and the source
// maps beside it. `npm run package`. The same commit gives the same bytes, wherever and whenever it is packed.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type Zippable, zipSync } from "fflate";
import { build } from "./build.ts";

const ROOT = resolve(fileURLToPath(new URL("..", import.meta.url)));

/** The zip's name in the release directory. */
export const ZIP_NAME = "altinn-correspondence-sender.zip";

/** What was packed. */
export interface Packed {
  /** Absolute paths: the zip, and the directory with the same files. */
  readonly zip: string;
  readonly directory: string;
  /** Paths within the zip, sorted. */
  readonly files: readonly string[];
  /** Of the zip. */
  readonly bytes: number;
  /** Of the zip, in hex. */
  readonly sha256: string;
}

/** The first moment that a zip can name. Every file has it, so that the time of packing does not show. */
const NO_TIME = new Date(1980, 0, 1);

/** Builds and packs the app into a directory, which holds nothing else afterwards. Rejects when it does not build. */
export async function packageApp(release: string = join(ROOT, "release")): Promise<Packed> {
  await rm(release, { recursive: true, force: true });
  const directory = join(release, "app");
  await build({ directory: join(directory, "dist") });
  await moveSourceMaps(directory, join(release, "source-maps"));
  await writeFile(join(directory, "host.json"), await readFile(join(ROOT, "host.json")));
  await writeFile(join(directory, "package.json"), await manifest());
  const files = (await filesBelow(directory)).sort();
  const entries: Zippable = {};
  for (const path of files) entries[path] = await readFile(join(directory, path));
  // Attributes of Unix: a plain file that everybody may read. Without them some unpackers give nobody a right.
  const contents = zipSync(entries, { level: 9, mtime: NO_TIME, os: 3, attrs: 0o100644 << 16 });
  const zip = join(release, ZIP_NAME);
  await writeFile(zip, contents);
  const sha256 = createHash("sha256").update(contents).digest("hex");
  return { zip, directory, files, bytes: contents.byteLength, sha256 };
}

/** What Azure reads: where the entry is. Nothing is installed there, so nothing is depended upon. */
async function manifest(): Promise<string> {
  const { name, version, license, type, main } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  return `${JSON.stringify({ name, version, license, private: true, type, main }, null, 2)}\n`;
}

async function moveSourceMaps(from: string, to: string): Promise<void> {
  for (const path of await filesBelow(from)) {
    if (!path.endsWith(".map")) continue;
    const target = join(to, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, await readFile(join(from, path)));
    await rm(join(from, path));
  }
}

/** Paths of all files below a directory, with slashes. */
async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"));
}

if (import.meta.main) {
  const packed = await packageApp();
  const { zip, files, bytes, sha256 } = packed;
  const size = `${(bytes / 1024 / 1024).toFixed(2)} MB, ${files.length} files`;
  process.stdout.write(
    process.argv.includes("--json")
      ? `${JSON.stringify({ zip: relative(ROOT, zip), files, bytes, sha256 })}\n`
      : `${relative(ROOT, zip)}: ${size}\nsha256 ${sha256}\n`,
  );
}
