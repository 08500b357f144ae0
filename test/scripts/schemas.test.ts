// The published JSON Schemas are those of the code, and describe every field.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { generateOpenApi, generateSchemas } from "../../scripts/schemas.ts";
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
    const [request, cancel, received, ...others] = items(field(schema, "anyOf"));
    compare(request, requestNames, "request");
    expect(field(cancel, "required")).toEqual(["cancel"]);
    expect(field(received, "required")).toEqual(["received"]);
    expect(others).toEqual([]);
  });
});

describe("docs/openapi.json", () => {
  const document: unknown = JSON.parse(generateOpenApi());

  it("is what `npm run schemas` writes", () => {
    expect(readFileSync(new URL("../../docs/openapi.json", import.meta.url), "utf8")).toBe(generateOpenApi());
  });

  it("is OpenAPI 3.1 whose references all lead to something, and says of each parameter what it is", () => {
    expect(field(document, "openapi")).toBe("3.1.0");
    const schemas = field(field(document, "components"), "schemas");
    const referred = [...generateOpenApi().matchAll(/"\$ref": "#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name,
    );
    expect([...new Set(referred)].sort()).toEqual(Object.keys(isObject(schemas) ? schemas : {}).sort());
    expect(generateOpenApi()).not.toMatch(/\$defs|"\$id"|"\$schema"/);
    const paths = field(document, "paths");
    for (const path of Object.values(isObject(paths) ? paths : {})) {
      for (const parameter of items(field(field(path, "get"), "parameters"))) {
        expect(field(parameter, "description")).toEqual(expect.any(String));
      }
    }
  });
});
