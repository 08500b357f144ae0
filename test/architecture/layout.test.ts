// What holds the sources to docs/architecture.md finds what it is there to find, in trees made up for it.
import { describe, expect, it, test } from "vitest";
import {
  circles,
  faultsOfOrder,
  faultsOfPlatform,
  faultsOfRooms,
  faultsOfTests,
  importsAmong,
  importsOf,
  LONGEST,
  pathsIn,
  readLayout,
  tooLong,
} from "./layout.ts";

const page = `# Architecture

| other | table |
|---|---|
| \`nowhere/\` | not read |

| place | its job |
|---|---|
| \`cli/\`, \`local/\` | not beside \`bench/\` |
| \`shared/app.ts\` | wires |
| \`shared/intake/\` | takes in |
| \`shared/records/\` | remembers |
| \`shared/clock.ts\` | tells the time |

Tests of all of it are in \`test/integration/\`.
`;
const layout = readLayout(page);

function faults(sources: Record<string, string>) {
  return faultsOfOrder(layout, importsAmong(new Map(Object.entries(sources))));
}

test("the table is read from top to bottom, and only its first column", () => {
  expect(layout).toEqual([
    ["cli/", "local/"],
    ["shared/app.ts"],
    ["shared/intake/"],
    ["shared/records/"],
    ["shared/clock.ts"],
  ]);
  expect(readLayout("no table")).toEqual([]);
  expect(pathsIn("`docs/a.md`, `npm run x`, `a/b`, `infra/modules/app.bicep`, `x/y/`")).toEqual([
    "docs/a.md",
    "infra/modules/app.bicep",
    "x/y/",
  ]);
});

test("every way to import is seen, and what only looks like one is not", () => {
  const source = `import { a, type B } from "./one.ts";
import type { C } from "./two.ts";
import {
  d,
} from "./three.ts";
import "./four.ts";
export * from "./five.ts";
export type { E } from "./six.ts";
import data from "./seven.json" with { type: "json" };
const late = await import("./eight.ts");
type F = import("./nine.ts").F;
import { z } from "zod";
export const text = 'from "./not.ts"';
const url = new URL("./notEither.ts", import.meta.url);
export function f(a: string): string {
  return \`import from "./norThis.ts" \${a}\`;
}
`;
  const names = ["one.ts", "two.ts", "three.ts", "four.ts", "five.ts", "six.ts", "seven.json", "eight.ts", "nine.ts"];
  expect(importsOf(source)).toEqual([...names.map((name) => `./${name}`), "zod"]);
});

describe("an import", () => {
  const down = { "shared/intake/a.ts": 'import { b } from "../records/b.ts";\n' };

  it("may go down, and within its place", () => {
    expect(faults({ ...down, "shared/intake/c.ts": 'import { a } from "./a.ts";\n' })).toEqual([]);
    expect(faults({ "cli/x.ts": 'import { app } from "../shared/app.ts";\n' })).toEqual([]);
  });

  it.each([
    ["as it is", 'import { a } from "../intake/a.ts";\n'],
    ["of a type", 'import type { A } from "../intake/a.ts";\n'],
    ["that comes late", 'const { a } = await import("../intake/a.ts");\n'],
    ["that is exported on", 'export { a } from "../intake/a.ts";\n'],
  ])("must not go up: one %s", (_, source) => {
    const found = faults({ ...down, "shared/records/b.ts": source });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(
      "shared/records/b.ts imports shared/intake/a.ts, which stands above it: in the table of docs/architecture.md " +
        "shared/intake/ is above shared/records/, and imports go down only. Put what both need into a place below both",
    );
  });

  it("must not go to a place beside, nor to or from where nothing has a place", () => {
    expect(faults({ "local/x.ts": 'import { y } from "../cli/y.ts";\n' })[0]).toContain("which stands beside it");
    expect(faults({ "shared/news/x.ts": 'import { y } from "../clock.ts";\n' })[0]).toMatch(
      /^shared\/news\/x.ts stands nowhere/,
    );
    expect(faults({ "cli/x.ts": 'import { y } from "../shared/loose.ts";\n' })[0]).toContain(
      "shared/loose.ts stands nowhere",
    );
  });

  it("must not go round, even within one room, by types, or over several files", () => {
    const round = (sources: Record<string, string>) => circles(importsAmong(new Map(Object.entries(sources))));
    expect(round(down)).toEqual([]);
    const three = {
      "shared/records/a.ts": 'import type { B } from "./b.ts";\n',
      "shared/records/b.ts": 'import { c } from "./c.ts";\n',
      "shared/records/c.ts": 'export const a = () => import("./a.ts");\n',
    };
    expect(round(three)).toHaveLength(1);
    expect(round(three)[0]).toContain(
      "shared/records/a.ts -> shared/records/b.ts -> shared/records/c.ts -> shared/records/a.ts goes round",
    );
    // Two ways to one file are none.
    const { "shared/records/c.ts": _, ...open } = three;
    expect(round({ ...open, "shared/records/d.ts": 'import "./a.ts";\nimport "./b.ts";\n' })).toEqual([]);
  });
});

test("a folder of shared/ has a row and a first file", () => {
  const ofRecords = ["shared/records/README.md", "shared/records/a.ts", "shared/clock.ts"];
  expect(faultsOfRooms(layout, ofRecords)).toEqual([]);
  expect(faultsOfRooms(layout, ["shared/records/a.ts"])).toEqual([expect.stringContaining("has no README.md")]);
  expect(faultsOfRooms(layout, [...ofRecords, "shared/misc/README.md", "shared/misc/deep/a.ts"])).toEqual([
    expect.stringMatching(/^shared\/misc\/ stands nowhere/),
  ]);
});

test("a file of shared/ has its most lines, and others may have more", () => {
  const lines = (count: number) => "x\n".repeat(count);
  const tree = new Map([
    ["shared/a.ts", lines(LONGEST)],
    ["shared/b.ts", lines(LONGEST + 1)],
    ["cli/c.ts", lines(LONGEST + 1)],
  ]);
  expect(tooLong(tree)).toEqual([expect.stringContaining(`shared/b.ts has ${LONGEST + 1} lines`)]);
});

test("shared/ imports nothing of Azure Functions, its types neither", () => {
  const source = 'import type { InvocationContext } from "@azure/functions";\n';
  const tree = new Map([
    ["functions/a.ts", source],
    ["shared/a.ts", source],
    ["shared/b.ts", 'import { BlobClient } from "@azure/storage-blob";\n'],
  ]);
  expect(faultsOfPlatform(tree)).toEqual([expect.stringMatching(/^shared\/a.ts imports @azure\/functions/)]);
});

test("a folder of tests bears the name of a room, a folder, or a kind of tests that the page names", () => {
  const sources = ["shared/records/a.ts", "cli/b.ts", "test/records/a.test.ts", "test/cli/b.test.ts"];
  expect(faultsOfTests(page, [...sources, "test/integration/c.test.ts"])).toEqual([]);
  expect(faultsOfTests(page, [...sources, "test/sending/c.test.ts"])).toEqual([
    expect.stringMatching(/^test\/sending\/ tests nothing of that name/),
  ]);
});
