// The programs in the documentation are the files in examples/clients, word for word: those are what is run.
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

/** A program in a page: the file that its comment names, and what stands below. */
interface Shown {
  readonly file: string;
  readonly code: string;
}

async function shownIn(page: string): Promise<Shown[]> {
  const text = await readFile(join(ROOT, page), "utf8");
  const blocks = text.matchAll(/<!-- (examples\/clients\/\S+) -->\n```\w+\n(.*?)```/gs);
  return [...blocks].map(([, file = "", code = ""]) => ({ file, code }));
}

test("every program is shown once, as it is in its file", async () => {
  const shown = [...(await shownIn("docs/producers.md")), ...(await shownIn("docs/consumers.md"))];
  const entries = await readdir(join(ROOT, "examples/clients"), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".md"))
    .map((entry) => `examples/clients/${entry.parentPath.split(/[\\/]/).at(-1)}/${entry.name}`);
  expect(shown.map(({ file }) => file).toSorted()).toEqual(files.toSorted());
  for (const { file, code } of shown) expect(code, file).toBe(await readFile(join(ROOT, file), "utf8"));
});

test("links lead to pages that are there, and to headings that are in them", async () => {
  for (const page of ["README.md", "docs/producers.md", "docs/consumers.md"]) {
    const text = await readFile(join(ROOT, page), "utf8");
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [path = "", heading] = target.split("#");
      const file = resolve(ROOT, page, "..", path === "" ? `./${page.split("/").at(-1)}` : path);
      if (heading === undefined)
        await expect(
          readFile(file).catch((error) => error.code),
          target,
        ).resolves.not.toBe("ENOENT");
      else expect(anchorsOf(await readFile(file, "utf8")), `${page}: ${target}`).toContain(heading);
    }
  }
});

/** The headings of a page as GitHub makes anchors of them. */
function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
