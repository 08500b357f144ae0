// What Azurite no longer needs goes, and only that: its own removal sorts an index anew for each.
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { z } from "zod";

const require = createRequire(import.meta.url);

interface ExtentStore {
  init(): Promise<void>;
  updateExtent(extent: object): Promise<void>;
  deleteExtent(id: string): Promise<void>;
  listExtents(): Promise<readonly [readonly { readonly id: string }[], unknown]>;
}

it("removes the extents that it is told to, and no others", async () => {
  require("../../../local/azurite/removeExtents.cjs");
  const module = z
    .object({
      default: z.custom<new (path: string, inMemory: boolean) => ExtentStore>((it) => typeof it === "function"),
    })
    .parse(require("azurite/dist/src/common/persistence/LokiExtentMetadataStore"));
  const store = new module.default("unused", true);
  await store.init();
  const ids = Array.from({ length: 100 }, (_, index) => `extent-${(index * 37) % 100}`);
  for (const id of ids) await store.updateExtent({ id, size: 1, lastModifiedInMS: 0, locationId: "here", path: id });
  for (const id of ids.slice(0, 60)) await store.deleteExtent(id);
  await store.deleteExtent("never there");
  const [left] = await store.listExtents();
  expect(left.map(({ id }) => id).sort()).toEqual(ids.slice(60).sort());
});
