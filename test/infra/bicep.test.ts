// The Bicep files parse, hang together, and say what they declare. Where Bicep's own compiler is at hand, it says more:
// `az bicep build --file infra/main.bicep`.
import { posix } from "node:path";
import { describe, expect, it, test } from "vitest";
import { type BicepFile, createReader, readInfra } from "./bicep.ts";

const files = await readInfra();
const all = [...files];

function fileAt(path: string): BicepFile {
  const file = files.get(path);
  if (file === undefined) throw new Error(`There is no infra/${path}`);
  return file;
}

test.each(all)("%s has no syntax errors", (_path, file) => {
  expect(file.errors).toEqual([]);
});

test("a syntax error is found, and where it is", async () => {
  const read = await createReader();
  expect(read("param a string\nvar b = {\n  c: [1\n}\n").errors).not.toEqual([]);
  expect(read("param a string\nvar b = a\n").errors).toEqual([]);
});

describe("what is declared is used", () => {
  it.each(all)("%s: parameters, variables and imports", (path, { parameters, variables, imports, used }) => {
    // What shared.bicep declares is for the others.
    const declared = [...parameters.map(({ name }) => name), ...(path === "shared.bicep" ? [] : variables.keys())];
    expect([...declared, ...imports].filter((name) => !used.has(name))).toEqual([]);
  });

  it("shared.bicep: each type and role, by some other file", () => {
    const imported = new Set(all.flatMap(([, { imports }]) => imports));
    const { types, variables } = fileAt("shared.bicep");
    expect([...types.keys(), ...variables.keys()].filter((name) => !imported.has(name))).toEqual([]);
  });
});

describe("modules", () => {
  const calls = all.flatMap(([path, file]) =>
    file.modules.map((module) => {
      const target = posix.join(posix.dirname(path), module.path);
      return [`${path}: ${module.symbol}`, { module, target, file }] as const;
    }),
  );

  it("are all used, by main.bicep", () => {
    const used = new Set(calls.map(([, { target }]) => target));
    expect(all.map(([path]) => path).filter((path) => path.startsWith("modules/") && !used.has(path))).toEqual([]);
  });

  it.each(calls)("%s is given what it takes, and nothing else", (_name, { module, target }) => {
    const { parameters } = fileAt(target);
    const known = parameters.map(({ name }) => name);
    const needed = parameters.filter(({ hasDefault }) => !hasDefault).map(({ name }) => name);
    expect(module.params.filter((name) => !known.includes(name))).toEqual([]);
    expect(needed.filter((name) => !module.params.includes(name))).toEqual([]);
  });

  it.each(calls)("%s has the outputs that are asked of it, and no others", (_name, { module, target, file }) => {
    const asked = file.usedOutputs.filter((name) => name.startsWith(`${module.symbol}.`));
    const { outputs } = fileAt(target);
    expect(new Set(asked)).toEqual(new Set(outputs.map((name) => `${module.symbol}.${name}`)));
  });
});
