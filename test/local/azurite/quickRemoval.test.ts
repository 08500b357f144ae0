// What Azurite's database removes by a query goes, and only that, and what is left is still found by its indexes.
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { z } from "zod";

const require = createRequire(import.meta.url);
require("../../../local/azurite/quickRemoval.cjs");

interface Documents {
  insert(document: object): void;
  findAndRemove(query: object): void;
  find(query?: object): readonly { readonly id: number }[];
}
type Database = new (name: string) => { addCollection(name: string, options: object): Documents };
const database = z.custom<Database>((value) => typeof value === "function");
const Loki = database.parse(require(require.resolve("lokijs", { paths: [require.resolve("azurite/package.json")] })));

it.each([
  ["one", { id: 17 }, (id: number) => id === 17],
  ["a few", { size: 3 }, (id: number) => id % 7 === 3],
  ["many", { id: { $gte: 20 } }, (id: number) => id >= 20],
  ["none", { id: 500 }, () => false],
])("removes %s", (_name, query, isRemoved) => {
  const documents = new Loki("unused").addCollection("documents", { indices: ["id", "size"], unique: ["name"] });
  const ids = Array.from({ length: 200 }, (_, index) => (index * 37) % 200);
  for (const id of ids) documents.insert({ id, size: id % 7, name: `n${id}` });
  documents.findAndRemove(query);
  const left = ids.filter((id) => !isRemoved(id));
  expect(documents.find().map(({ id }) => id)).toEqual(left);
  for (const id of ids) expect(documents.find({ id }).length).toBe(isRemoved(id) ? 0 : 1);
  for (let size = 0; size < 7; size++) {
    const found = documents.find({ size }).map(({ id }) => id);
    expect(found.toSorted()).toEqual(left.filter((id) => id % 7 === size).toSorted());
  }
});
