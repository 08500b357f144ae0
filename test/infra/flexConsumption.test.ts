// What Flex Consumption does not take: Bicep's types know it, for other plans, and Azure refuses the deployment for it.
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { isObject, type ObjectValue, readInfra, type Value } from "./bicep.ts";

/**
 * Properties of a site, or of its configuration: answered with 400, "The following site configuration property (...) for Flex
 * Consumption sites is invalid", or told by Microsoft to be left out ("Flex Consumption plan deprecations"). Some regions pass
 * them by in silence.
 */
const REFUSED: ReadonlySet<string> = new Set(
  [
    "alwaysOn",
    "containerSize",
    "elasticWebAppScaleLimit",
    "ftpsState",
    "functionAppScaleLimit",
    "functionsRuntimeScaleMonitoringEnabled",
    "isReserved",
    "isXenon",
    "javaContainer",
    "javaContainerVersion",
    "javaVersion",
    "linuxFxVersion",
    "minimumElasticInstanceCount",
    "netFrameworkVersion",
    "nodeVersion",
    "phpVersion",
    "powerShellVersion",
    "preWarmedInstanceCount",
    "pythonVersion",
    "use32BitWorkerProcess",
    "vnetContentShareEnabled",
    "vnetImagePullEnabled",
    "vnetRouteAllEnabled",
    "windowsFxVersion",
  ].map((name) => name.toLowerCase()),
);

/** Names of what stands in a value, at any depth. */
function namesIn(value: Value): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
}

const refusedIn = (body: ObjectValue) => namesIn(body).filter((name) => REFUSED.has(name.toLowerCase()));

const files = [...(await readInfra())];

describe("every file", () => {
  const sites = files.flatMap(([path, { resources }]) =>
    resources
      .filter(({ type }) => type.startsWith("Microsoft.Web/sites"))
      .map(({ type, body }) => ({ path, type, body })),
  );

  it("there is a site to look at", () => {
    expect(sites.map(({ type }) => type)).toContain("Microsoft.Web/sites");
  });

  it.each(sites.map((site) => [`${site.path}: ${site.type}`, site.body] as const))("%s", (_name, body) => {
    expect(refusedIn(body)).toEqual([]);
  });
});

it("docs/scale.md reckons with every group of functions that Flex Consumption scales by itself", async () => {
  const folder = new URL("../../functions/", import.meta.url);
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(new URL(name, folder), "utf8")));
  // HTTP functions are one group together.
  const groups =
    1 + texts.filter((text) => /\b(?:(?:registerQueueFunction|app\.timer)\("|onEach\w+\(app)/.test(text)).length;
  const guide = await readFile(new URL("../../docs/scale.md", import.meta.url), "utf8");
  expect(groups).toBe(8);
  expect(guide).toContain("has seven groups");
  expect(guide).toContain(
    `so ${2 * (groups - 1)} instances; where letters are received, \`receiveCorrespondence\` is an eighth`,
  );
});

it("what is refused is found wherever it stands", () => {
  const body = { properties: { isXenon: false, siteConfig: { FtpsState: "Disabled", http20Enabled: true } } };
  expect(refusedIn(body)).toEqual(["isXenon", "FtpsState"]);
});
