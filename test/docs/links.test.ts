// Every link from one page of the docs to another leads somewhere: to a file that is there, and a heading in it.
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const pages = globSync("{*.md,docs/*.md,infra/**/*.md,examples/*.md,producer/*.md,pages/*.md,shared/**/*.md}", {
  cwd: ROOT,
});

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(text: string): Set<string> {
  const headings = text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/^#{1,6} (.*)$/gm);
  return new Set(
    [...headings].map(([, heading = ""]) =>
      heading
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replaceAll(/\s/g, "-"),
    ),
  );
}

function deadLinksOf(page: string): string[] {
  const text = readFileSync(join(ROOT, page), "utf8")
    .replaceAll(/^```[\s\S]*?^```/gm, "")
    .replaceAll(/`[^`\n]*`/g, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = ""]) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? join(ROOT, page) : resolve(ROOT, dirname(page), path);
    if (!existsSync(file)) return [`${page}: ${target} is not there`];
    if (anchor === undefined || statSync(file).isDirectory() || !file.endsWith(".md")) return [];
    return anchorsOf(readFileSync(file, "utf8")).has(anchor) ? [] : [`${page}: ${target} has no such heading`];
  });
}

it("leads somewhere", () => {
  expect(pages.length).toBeGreaterThan(40);
  expect(pages.flatMap(deadLinksOf)).toEqual([]);
});
