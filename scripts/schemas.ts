// Generates the JSON Schemas in docs/schemas from the schemas in the code. Run as main it writes them.
import { mkdirSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { requestSchema } from "../shared/requests/schema.ts";

/** Every published JSON Schema, by file name: exactly what stands in docs/schemas. */
export function generateSchemas(): Record<string, string> {
  return {
    "correspondence-request.schema.json": publish("Correspondence request", requestSchema),
  };
}

function publish(title: string, schema: z.ZodType): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any", override: tidy });
  return `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
}

// Optional fields that may also be null are offered to editors as what they hold, not as a choice.
function tidy({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const [only, nothing, ...more] = jsonSchema.anyOf ?? [];
  if (only === undefined || nothing?.type !== "null" || more.length > 0 || typeof only.type !== "string") return;
  if (only.properties !== undefined) return;
  const { anyOf: _, ...outer } = jsonSchema;
  for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
  Object.assign(jsonSchema, only, outer, { type: [only.type, "null"] });
}

if (import.meta.main) {
  const directory = new URL("../docs/schemas/", import.meta.url);
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(generateSchemas())) writeFileSync(new URL(name, directory), text);
}
