// Files that somebody names on the command line: where they are, and what they hold.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** A path as whoever typed it means it: npm runs us in the project's root, and says where the user stands. */
export function fromHere(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}

/** A file's bytes, or why they can't be had, as a sentence. */
export function readGivenFile(path: string): Uint8Array | string {
  try {
    return readFileSync(fromHere(path));
  } catch (error) {
    return whyUnreadable(path, error);
  }
}

/** Why a file could not be read, as a sentence or two; of a folder, how to name its files instead. */
export function whyUnreadable(path: string, error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "There is no such file.";
  if (code !== "EISDIR") return "The file can't be read.";
  const pattern = path === "." ? "*.json" : `${path.replace(/\/+$/, "")}/*.json`;
  return `It is a folder. Name the files in it; several can go in one call: ${pattern}`;
}
