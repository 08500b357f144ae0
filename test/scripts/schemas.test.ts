// The published JSON Schemas are those of the code, and describe every field.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { generateSchemas } from "../../scripts/schemas.ts";
import { field, isObject, items } from "../../shared/requests/json.ts";
import { type FieldNames, requestNames } from "../../shared/requests/names.ts";

const directory = new URL("../../docs/schemas/", import.meta.url);

describe("docs/schemas", () => {
  it("is what `npm run schemas` writes", () => {
    const published = readdirSync(directory).sort();
    expect(published).toEqual(Object.keys(generateSchemas()).sort());
    for (const [name, text] of Object.entries(generateSchemas())) {
      expect(readFileSync(new URL(name, directory), "utf8")).toBe(text);
    }
  });

  it("knows and describes the fields of a request, and no others; or a cancel", () => {
    const schema: unknown = JSON.parse(generateSchemas()["correspondence-request.schema.json"] ?? "");
    const compare = (node: unknown, names: FieldNames, path: string): void => {
      const properties = field(node, "properties");
      expect([path, Object.keys(isObject(properties) ? properties : {}).sort()]).toEqual([
        path,
        Object.keys(names).sort(),
      ]);
      for (const [name, below] of Object.entries(names)) {
        const child = field(properties, name);
        expect([`${path}.${name}`, typeof field(child, "description")]).toEqual([`${path}.${name}`, "string"]);
        const choice = items(field(child, "anyOf"))[0] ?? child;
        const holder = field(choice, "items") ?? choice;
        if (Object.keys(below).length > 0) compare(holder, below, `${path}.${name}`);
      }
    };
    const [request, cancel, ...others] = items(field(schema, "anyOf"));
    compare(request, requestNames, "request");
    expect(field(cancel, "required")).toEqual(["cancel"]);
    expect(others).toEqual([]);
  });
});
