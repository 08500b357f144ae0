// Compiles the producer kit to dist/producer, for `npm pack`: JavaScript and types of the kit and what it needs.
import { spawn } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(fileURLToPath(new URL("..", import.meta.url)));

/**
 * Compiles the kit into `<directory>/producer`, and sees to it that nothing else of the directory is packed: npm packs
 * the file that package.json names as `main` whatever else it says, and that is the app's bundle, for Azure.
 * Rejects when it does not compile; the compiler has said why by then.
 *
 * @param directory absolute; dist/ by default
 */
export async function buildKit(directory: string = join(ROOT, "dist")): Promise<void> {
  const output = join(directory, "producer");
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  await writeFile(join(directory, ".npmignore"), "/*\n!/producer/\n");
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  await run([compiler, "--project", join(ROOT, "producer"), "--outDir", output]);
}

async function run(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", resolve);
  });
  if (code !== 0) throw new Error("The producer kit does not compile.");
}

if (import.meta.main) await buildKit();
