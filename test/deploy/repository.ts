// The files that deploying goes by, as tests read them.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

export const ROOT = resolve(import.meta.dirname, "../..");

/** A file's text, by its path within the repository. */
export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** What a YAML file says. Throws when it is not YAML, and for a key that is there twice. */
export function yamlOf(path: string): unknown {
  return parse(textOf(path), { strict: true, uniqueKeys: true });
}

/** Paths of the workflows. */
export const WORKFLOWS = readdirSync(join(ROOT, ".github/workflows")).map((name) => `.github/workflows/${name}`);

const manifest = z.object({ scripts: z.record(z.string(), z.string()), main: z.string() });

/** The root's package.json. */
export const MANIFEST = manifest.parse(JSON.parse(textOf("package.json")));

/** The npm scripts that a command line or script runs, test among them. */
export function npmScriptsIn(text: string): string[] {
  return [...text.matchAll(/\bnpm(?:\.cmd)? (?:run (?:--silent )?(\w[\w:-]*)|(test)\b)/g)].map(
    ([, run, test]) => run ?? test ?? "",
  );
}
