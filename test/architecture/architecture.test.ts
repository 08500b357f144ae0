// The sources are laid out as docs/architecture.md says.
import { existsSync, globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import {
  circles,
  faultsOfOrder,
  faultsOfPlatform,
  faultsOfRooms,
  faultsOfTests,
  importsAmong,
  pathsIn,
  readLayout,
  tooLong,
} from "./layout.ts";

const cwd = resolve(import.meta.dirname, "../..");
const FOLDERS = [
  "functions",
  "shared",
  "pages",
  "local",
  "cli",
  "producer",
  "simulation",
  "chaos",
  "bench",
  "terminal",
  "scripts",
];

const read = (path: string) => readFileSync(resolve(cwd, path), "utf8");
const tree = new Map(globSync(`{${FOLDERS}}/**/*.{ts,tsx,mts,mjs,cjs}`, { cwd }).map((path) => [path, read(path)]));
const paths = globSync(`{${FOLDERS},docs,examples,infra,test}/**/*.*`, { cwd });
const page = read("docs/architecture.md");
const layout = readLayout(page);
const imports = importsAmong(tree);

test("the sources and the table are found", () => {
  expect(tree.size).toBeGreaterThan(300);
  expect(imports.length).toBeGreaterThan(1_000);
  expect(layout.flat()).toContain("shared/records/");
});

test("imports go down the table of docs/architecture.md", () => {
  expect(faultsOfOrder(layout, imports)).toEqual([]);
});

test("no imports go round", () => {
  expect(circles(imports)).toEqual([]);
});

test("every folder of shared/ is a room: it has a row in the table, and a first file", () => {
  expect(faultsOfRooms(layout, paths)).toEqual([]);
});

test("no file of shared/ is too long to be read at once", () => {
  expect(tooLong(tree)).toEqual([]);
});

test("shared/ does not know Azure Functions", () => {
  expect(faultsOfPlatform(tree)).toEqual([]);
});

test("folders of tests bear the names of what they test", () => {
  expect(faultsOfTests(page, paths)).toEqual([]);
});

test("what docs/architecture.md names is there", () => {
  expect(pathsIn(page).filter((path) => !existsSync(resolve(cwd, path)))).toEqual([]);
});
