// Builds pages for browsers: each folder of pages/ that has an index.html becomes three files without a reference to
// any other address. `scripts/build.ts` takes the dashboard into what is deployed; the local start builds the inbox.
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const ROOT = resolve(fileURLToPath(new URL("..", import.meta.url)));

/** The files that a page consists of. */
export const PAGE_FILES = ["index.html", "page.css", "page.js"] as const;

/** A file of a page. */
export interface PageFile {
  readonly name: (typeof PAGE_FILES)[number];
  readonly contents: Uint8Array;
}

/** The pages there are: the folders of pages/. */
export type PageName = "dashboard" | "inbox";

/** Builds a page. Rejects with esbuild's messages, which name file and line. */
export async function buildPage(name: PageName): Promise<readonly PageFile[]> {
  const folder = join(ROOT, "pages", name);
  const { outputFiles } = await esbuild.build({
    entryPoints: { page: join(folder, "main.tsx") },
    outdir: join(ROOT, "dist", "pages", name),
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: ["es2022", "chrome120", "firefox121", "safari17"],
    jsx: "automatic",
    jsxImportSource: "preact",
    // What a style sheet names becomes part of it.
    loader: { ".svg": "dataurl", ".woff2": "dataurl" },
    legalComments: "inline",
    logLevel: "warning",
    write: false,
  });
  const built = (name: string) => {
    const found = outputFiles.find(({ path }) => path.endsWith(name));
    if (!found) throw new Error(`pages/${folder}: no ${name} was made`);
    return found.contents;
  };
  return [
    { name: "index.html", contents: await readFile(join(folder, "index.html")) },
    { name: "page.css", contents: built("page.css") },
    { name: "page.js", contents: built("page.js") },
  ];
}
