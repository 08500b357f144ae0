// Puts what benchmarks found into docs/performance.md: a table between markers, and charts beside it.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { CHARTS, SECTIONS } from "./plots/sections.ts";
import { readResults } from "./results.ts";

const DOCS = resolve(import.meta.dirname, "..", "docs");
const PAGE = join(DOCS, "performance.md");

/** What the page and the charts should be, by path. Sections without results stay as they are. */
export async function drawPage(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  let page = await readFile(PAGE, "utf8");
  for (const [name, draw] of SECTIONS) {
    const results = await readResults(name);
    if (results === undefined) continue;
    const { text, charts } = draw(results);
    page = withSection(page, name, text);
    for (const [chart, svg] of Object.entries(charts)) files.set(join(DOCS, CHARTS, `${chart}.svg`), svg);
  }
  return files.set(PAGE, page);
}

/** Writes them. */
export async function plots(): Promise<void> {
  await mkdir(join(DOCS, CHARTS), { recursive: true });
  for (const [path, content] of await drawPage()) await writeFile(path, content);
}

/**
 * The page with another text between `<!-- name -->` and `<!-- /name -->`.
 * @throws if it has no such markers
 */
export function withSection(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no place for ${name}: ${begin} … ${end}`);
  return `${page.slice(0, from + begin.length)}\n${text}\n${page.slice(to)}`;
}
