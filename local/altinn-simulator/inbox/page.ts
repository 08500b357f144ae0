// The files of the inbox's page, built when somebody first asks for one.

import type { PageFile } from "../../../scripts/buildPages.ts";
import type { Answer } from "../answer.ts";

const TYPES: Readonly<Record<PageFile["name"], string>> = {
  "index.html": "text/html; charset=utf-8",
  "page.css": "text/css; charset=utf-8",
  "page.js": "text/javascript; charset=utf-8",
};

let built: Promise<readonly PageFile[]> | undefined;

/** One of the page's files. Rejects with esbuild's messages when the page can't be built. */
export async function pageFile(name: PageFile["name"]): Promise<Answer> {
  built ??= import("../../../scripts/buildPages.ts").then(({ buildPage }) => buildPage("inbox"));
  const file = (await built).find((each) => each.name === name);
  return { status: 200, body: file?.contents ?? null, contentType: TYPES[name] };
}
