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
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return "There is no such file.";
    return code === "EISDIR" ? aFolder(path) : "The file can't be read.";
  }
}

/** How to name the files of a folder instead of the folder, as a sentence or two. */
export function aFolder(folder: string): string {
  const pattern = folder === "." ? "*.json" : `${folder.replace(/\/+$/, "")}/*.json`;
  return `It is a folder. Name the files in it; several can go in one call: ${pattern}`;
}
