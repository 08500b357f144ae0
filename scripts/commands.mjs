// Where the command line lies bundled, so that a command starts from a few files and not from seven hundred. Plain
// JavaScript, for run.mjs; buildCommands.ts makes what this looks for.
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Holds the bundles. npm ci takes it away with the rest of node_modules, and nothing else looks into it. */
export const BUNDLES = join("node_modules", ".cache", "commands");

/** In that folder: what the bundles were made from, each file with the size and time that it had. */
export const SOURCES = "sources.json";

/** The bundle of a script of cli/; undefined for other scripts. It need not be there, nor be current. */
export function bundleOf(root, script) {
  const name = /^cli\/(\w+)\.ts$/.exec(script)?.[1];
  return name === undefined ? undefined : join(root, BUNDLES, `${name}.js`);
}

/** A file as it is now: what differs once it has been written to. */
export function stampOf(path) {
  const { size, mtimeMs } = statSync(path);
  return `${size} ${mtimeMs}`;
}

/** True if the bundles are there, and nothing that they were made from has changed since. */
export function areCurrent(root) {
  const path = join(root, BUNDLES, SOURCES);
  if (!existsSync(path)) return false;
  try {
    const stamps = Object.entries(JSON.parse(readFileSync(path, "utf8")));
    return stamps.every(([file, stamp]) => stampOf(join(root, file)) === stamp);
  } catch {
    // A source that is gone, or a list that was cut: they are made anew.
    return false;
  }
}
