// Generates the JSON Schemas in docs/schemas, docs/openapi.json, and the reference in docs/commands.md, from the code. Run as
// main it writes them.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { createAltinn } from "../cli/commands.ts";
import { referenceOf } from "../cli/reference.ts";
import { announcementSchema } from "../shared/announcements/announcement.ts";
import { letterAnnouncementSchema } from "../shared/announcements/letterAnnouncement.ts";
import { openApi } from "../shared/openApi.ts";
import { cancelSchema } from "../shared/requests/parseCancel.ts";
import { receivedSchema } from "../shared/requests/parseReceived.ts";
import { requestSchema } from "../shared/requests/schema.ts";

/** Every published JSON Schema, by file name: exactly what stands in docs/schemas. */
export function generateSchemas(): Record<string, string> {
  return {
    "correspondence-request.schema.json": publish(
      "Correspondence request",
      z.union([requestSchema, cancelSchema, receivedSchema]),
    ),
    "announcement.schema.json": publish("Announcement", announcementSchema),
    "received-letter.schema.json": publish("Announcement of a received letter", letterAnnouncementSchema),
  };
}

/** The description of the endpoints: exactly what stands in docs/openapi.json. */
export function generateOpenApi(): string {
  return `${JSON.stringify(openApi(), null, 2)}\n`;
}

/** The page of commands with its reference as it should be, given the page as it is. */
export function withReference(page: string): string {
  const reference = referenceOf(createAltinn(async () => undefined));
  // Given as a function, since a replacement's dollar signs mean something.
  return page.replace(/(?<=<!-- commands -->\n).*(?=<!-- \/commands -->)/s, () => `\n${reference}\n`);
}

function publish(title: string, schema: z.ZodType): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any", override: tidy });
  return `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
}

// A field that may be null is offered to editors as what it holds, described, and not as a choice between two.
function tidy({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const [held, nothing, ...more] = jsonSchema.anyOf ?? [];
  if (held === undefined || nothing?.type !== "null" || more.length > 0) return;
  if (jsonSchema.description === undefined && held.description !== undefined) jsonSchema.description = held.description;
  if (typeof held.type !== "string" || held.properties !== undefined) return;
  Reflect.deleteProperty(jsonSchema, "anyOf");
  Object.assign(jsonSchema, { ...held, ...jsonSchema, type: [held.type, "null"] });
}

if (import.meta.main) {
  const directory = new URL("../docs/schemas/", import.meta.url);
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(generateSchemas())) writeFileSync(new URL(name, directory), text);
  writeFileSync(new URL("../docs/openapi.json", import.meta.url), generateOpenApi());
  const commands = new URL("../docs/commands.md", import.meta.url);
  writeFileSync(commands, withReference(readFileSync(commands, "utf8")));
}
