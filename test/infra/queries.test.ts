// The questions of docs/queries.md ask the log for nothing that the app never writes, and the workbook asks just them.
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { LOG_EVENTS } from "../../shared/telemetry/logEvents.ts";
import { LOG_FIELDS } from "../../shared/telemetry/telemetry.ts";

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");

const page = await read("docs/queries.md");
const questions = [...page.matchAll(/^## (.*)\n\n```kusto\n([\s\S]*?)\n```$/gm)].map(([, title = "", query = ""]) => ({
  title,
  query,
}));

/** As far as the workbook's own form is known: what the portal needs to show a question. */
const workbook = z.object({
  version: z.literal("Notebook/1.0"),
  items: z.array(
    z.discriminatedUnion("type", [
      z.object({ type: z.literal(1), content: z.object({ json: z.string() }) }),
      z.object({
        type: z.literal(3),
        content: z.object({
          version: z.literal("KqlItem/1.0"),
          query: z.string(),
          title: z.string(),
          timeContextFromParameter: z.literal("TimeRange"),
          queryType: z.literal(0),
          resourceType: z.literal("microsoft.insights/components"),
          visualization: z.enum(["table", "timechart"]),
        }),
      }),
      z.object({ type: z.literal(9), content: z.object({ parameters: z.array(z.object({ name: z.string() })) }) }),
    ]),
  ),
});

it("there are eleven", () => {
  expect(questions).toHaveLength(11);
});

describe.each(questions)("$title", ({ query }) => {
  it("asks for events that the app writes", () => {
    const written: ReadonlySet<string> = new Set(LOG_EVENTS);
    const compared = [...query.matchAll(/\bevent (?:==|in) (\([^)]*\)|"\w+")/g)].flatMap(([, names = ""]) =>
      [...names.matchAll(/"(\w+)"/g)].map(([, name = ""]) => name),
    );
    expect(compared.length > 0 || query.includes("line.dispatchId")).toBe(true);
    expect(compared.filter((event) => !written.has(event))).toEqual([]);
  });

  it("asks for fields that a line can have", () => {
    const asked = [...query.matchAll(/\bline(?:\.(\w+)|\["([\w.]+)"\])/g)].map(([, a, b]) => a ?? b ?? "");
    expect(asked.filter((name) => !LOG_FIELDS.has(name))).toEqual([]);
  });
});

it("the workbook asks the same, but that of a single letter", async () => {
  const { items } = workbook.parse(JSON.parse(await read("infra/modules/workbook.json")));
  const asked = items.flatMap((item) =>
    item.type === 3 ? [{ title: item.content.title, query: item.content.query }] : [],
  );
  expect(asked).toEqual(questions.filter(({ title }) => title !== "What became of one letter?"));
  expect(items.some((item) => item.type === 9 && item.content.parameters[0]?.name === "TimeRange")).toBe(true);
});
