// The package made from the same files in another directory has the same bytes: nothing of where it was made
// is in it, nor of the packages that only development needs.
import { execFile } from "node:child_process";
import { copyFile, cp, link, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { packageApp } from "../../scripts/package.ts";
import { ROOT } from "./repository.ts";

const lock = z.object({
  packages: z.record(z.string(), z.object({ dev: z.boolean().default(false), link: z.boolean().default(false) })),
});

/** What building takes, besides what is built. */
const TOOLS = /^node_modules\/(esbuild|@esbuild\/.+|fflate)$/;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "reproducible-"));
});
afterAll(() => rm(directory, { recursive: true }));

/** Another checkout, whose path is longer. Its packages are the same files; those that only develop are not there. */
async function otherCheckout(): Promise<string> {
  const root = join(directory, "somewhere", "else", "checkout");
  for (const name of ["functions", "pages", "shared", "scripts"]) {
    await cp(join(ROOT, name), join(root, name), {
      recursive: true,
      filter: (path) => !path.includes("node_modules"),
    });
  }
  for (const name of ["package.json", "host.json", "tsconfig.json"]) await copyFile(join(ROOT, name), join(root, name));
  const { packages } = lock.parse(JSON.parse(await readFile(join(ROOT, "package-lock.json"), "utf8")));
  for (const [path, { dev, link }] of Object.entries(packages)) {
    if (!path.startsWith("node_modules/") || link || (dev && !TOOLS.test(path))) continue;
    // Those for other machines are not there, and the scripts' own Node is not needed.
    if (!/^node_modules\/node-/.test(path)) await linkAll(join(ROOT, path), join(root, path));
  }
  return root;
}

async function linkAll(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const target = (file: string) => join(to, file.slice(from.length));
  for (const folder of new Set(files.map((file) => dirname(target(file))))) await mkdir(folder, { recursive: true });
  // Nested packages come up twice; a temporary directory on another disk takes copies.
  await Promise.all(
    files.map((file) =>
      link(file, target(file)).catch((error: NodeJS.ErrnoException) =>
        error.code === "EEXIST" ? undefined : copyFile(file, target(file)),
      ),
    ),
  );
}

it("has the same bytes from another checkout, without the packages that only develop", async () => {
  const [here, root] = await Promise.all([packageApp(join(directory, "release")), otherCheckout()]);
  const args = ["--disable-warning=ExperimentalWarning", join(root, "scripts", "package.ts"), "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  const { files, bytes, sha256 } = here;
  expect(JSON.parse(stdout)).toEqual({ zip: "release/altinn-correspondence-sender.zip", files, bytes, sha256 });
});
