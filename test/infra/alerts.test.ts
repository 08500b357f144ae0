// Alerts: each is explained in docs/alerts.md, and asks the log for nothing that the app never writes.
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { LOG_EVENTS } from "../../shared/telemetry/logEvents.ts";
import { LOG_FIELDS } from "../../shared/telemetry/telemetry.ts";
import { isObject, readInfra, rows, textOf } from "./bicep.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const alerts = (await readInfra()).get("modules/alerts.bicep");
if (alerts === undefined) throw new Error("There is no infra/modules/alerts.bicep");

const eventsStopped = alerts.variables.get("eventsStopped");
const logAlerts = [...rows(alerts.variables.get("logAlerts")), ...(isObject(eventsStopped) ? [eventsStopped] : [])];
const metricAlerts = rows(alerts.variables.get("metricAlerts"));
const names = [...logAlerts, ...metricAlerts].map(({ name }) => textOf(name));

it("no line is sampled out that an alert asks for", async () => {
  const host: unknown = JSON.parse(await readFile(join(ROOT, "host.json"), "utf8"));
  const logging = z.object({
    applicationInsights: z.object({ samplingSettings: z.object({ excludedTypes: z.string() }) }),
  });
  const { logging: written } = z.object({ logging }).parse(host);
  expect(written.applicationInsights.samplingSettings.excludedTypes.split(";")).toContain("Trace");
});

it("there are alerts, each with a name of its own", () => {
  expect(names.length).toBeGreaterThan(10);
  expect(new Set(names).size).toBe(names.length);
});

it("docs/alerts.md explains each of them, and no others", async () => {
  const guide = await readFile(join(ROOT, "docs", "alerts.md"), "utf8");
  const sections = [...guide.matchAll(/^### `(\w+)`$/gm)].map(([, name]) => name ?? "");
  expect(sections.toSorted()).toEqual(names.toSorted());
});

describe.each(logAlerts.map((alert) => [textOf(alert.name), textOf(alert.query)] as const))("%s", (_name, query) => {
  it("asks for events that the app writes", () => {
    const written: ReadonlySet<string> = new Set(LOG_EVENTS);
    const comparisons = [...query.matchAll(/\bevent (?:==|!=) "(\w+)"/g)].map(([, event]) => event ?? "");
    const lists = [...query.matchAll(/\bevent !?in \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.match(/\w+/g) ?? []);
    const asked = [...comparisons, ...lists];
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((event) => !written.has(event))).toEqual([]);
  });

  it("asks for fields that a line can have", () => {
    const asked = [...query.matchAll(/\bline(?:\.(\w+)|\["(\w+)"\])/g)].map(([, a, b]) => a ?? b ?? "");
    expect(asked.filter((name) => !LOG_FIELDS.has(name))).toEqual([]);
  });
});
