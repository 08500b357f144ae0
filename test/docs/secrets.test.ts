// Nothing secret that a guide has somebody write comes into the project's folder, nor from there into git or a package.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const GUIDES = [
  "README.md",
  "infra/README.md",
  ...readdirSync(resolve(ROOT, "docs")).flatMap((name) => (name.endsWith(".md") ? [`docs/${name}`] : [])),
];

/** What such a command writes or reads may hold secrets. */
const SECRET = /appsettings list|references\.json|settings\.json"? |key create --file|secret set .*--file/;

it.each(GUIDES)("%s writes no secret into the project's folder", (guide) => {
  const text = readFileSync(resolve(ROOT, guide), "utf8");
  const commands = [...text.matchAll(/^ *```sh\n(.*?)^ *```/gms)].flatMap(([, block = ""]) =>
    block.replaceAll(/\\\n\s*/g, " ").split("\n"),
  );
  const files = commands
    .filter((command) => SECRET.test(command))
    .flatMap((command) => [...command.matchAll(/(?: > | --(?:file|settings|references) )(\S+)/g)])
    .map(([, file = ""]) => file)
    .filter((file) => file !== "public.jwk");
  for (const file of files) expect(file).toMatch(/^"\$private\//);
});

const PRIVATE = ["settings.json", "references.json", "maskinporten.jwk", "key.txt", "local.settings.json"];
const STATE = [
  ".local/start.json",
  ".local-other/start.json",
  ".azure/test/.env",
  "__blobstorage__/a",
  "functions.log",
];

it("git leaves out what would be secret, and the state of tools", () => {
  const ignored = execFileSync("git", ["check-ignore", "--no-index", ...PRIVATE, ...STATE], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(ignored.trim().split("\n")).toEqual([...PRIVATE, ...STATE]);
});

it("so does a package that Core Tools make", () => {
  const lines = readFileSync(resolve(ROOT, ".funcignore"), "utf8").split("\n");
  const patterns = lines
    .filter(Boolean)
    .map((line) => new RegExp(`^${line.replaceAll(".", "\\.").replaceAll("*", "[^/]*")}`));
  for (const path of [...PRIVATE, ...STATE])
    expect(
      patterns.some((pattern) => pattern.test(path)),
      path,
    ).toBe(true);
});
