// azure.yaml (azd), dependabot.yml and .funcignore: what they may say, and that it fits the rest of the repository.
import { existsSync, readdirSync } from "node:fs";
import { join, matchesGlob, relative } from "node:path";
import { describe, expect, it, test } from "vitest";
import { z } from "zod";
import { MANIFEST, npmScriptsIn, ROOT, textOf, yamlOf } from "./repository.ts";

const script = z.strictObject({
  shell: z.enum(["sh", "pwsh"]),
  run: z.string(),
  interactive: z.boolean().default(false),
});
const hook = z.strictObject({
  posix: script.extend({ shell: z.literal("sh") }),
  windows: script.extend({ shell: z.literal("pwsh") }),
});

/** What is used of azd's schema (Azure/azure-dev, schemas/v1.0/azure.yaml.json). */
const azure = z.strictObject({
  name: z.string().regex(/^[a-z0-9][-a-z0-9]*[a-z0-9]$/),
  requiredVersions: z.strictObject({ azd: z.string() }),
  infra: z.strictObject({ provider: z.literal("bicep"), path: z.literal("infra"), module: z.literal("main") }),
  services: z.strictObject({
    app: z.strictObject({
      host: z.literal("function"),
      project: z.literal("."),
      language: z.literal("custom"),
      dist: z.string(),
      hooks: z.strictObject({ prepackage: hook }),
    }),
  }),
  hooks: z.strictObject({ postdeploy: hook }),
});

describe("azure.yaml", () => {
  const { requiredVersions, services, hooks } = azure.parse(yamlOf("azure.yaml"));

  it("asks for an azd that fills in lists, as the guides do", () => {
    expect(requiredVersions.azd).toBe(">= 1.23.4");
    for (const guide of ["docs/getting-started.md", "docs/deployment.md"]) {
      expect(textOf(guide).match(/\b1\.\d+\.\d+ or newer/g)).toEqual(["1.23.4 or newer"]);
    }
  });

  it("deploys the folder that npm run package makes, made anew before", () => {
    expect(services.app.dist).toBe("release/app");
    expect(textOf("scripts/package.ts")).toContain('join(release, "app")');
    for (const { run } of Object.values(services.app.hooks.prepackage)) expect(run).toBe("npm run package");
    expect(MANIFEST.scripts).toHaveProperty("package");
  });

  it("has its hooks for both kinds of shell, doing the same", () => {
    const { posix, windows } = hooks.postdeploy;
    expect(windows.run).toBe(posix.run.replace(/\.sh$/, ".ps1"));
    for (const { run } of [posix, windows]) expect(existsSync(join(ROOT, run)), run).toBe(true);
    // azd throws away what the others print, and this one says what to do next.
    expect([posix.interactive, windows.interactive]).toEqual([true, true]);
    const [sh = "", ps1 = ""] = [posix, windows].map(({ run }) => textOf(run));
    expect(npmScriptsIn(sh)).toEqual(["altinn"]);
    expect(npmScriptsIn(ps1)).toEqual(["altinn"]);
    expect(MANIFEST.scripts).toHaveProperty("altinn");
    const azCommands = (text: string) =>
      text.match(/\baz (?:functionapp|rest|keyvault) [a-z ]+/g)?.map((command) => command.trim());
    expect(azCommands(ps1)).toEqual(azCommands(sh));
    const variables = (text: string) => new Set(text.match(/\b(AZURE|ALTINN|POSTDEPLOY)_[A-Z_]+/g));
    expect(variables(ps1)).toEqual(variables(sh));
  });
});

const days = z.strictObject({ "default-days": z.int().min(1) });
const update = z.strictObject({
  "package-ecosystem": z.enum(["npm", "github-actions"]),
  directory: z.literal("/"),
  schedule: z.strictObject({ interval: z.enum(["daily", "weekly", "monthly"]) }),
  cooldown: days.optional(),
  groups: z.record(
    z.string(),
    z.union([
      z.strictObject({ patterns: z.array(z.string()) }),
      z.strictObject({ "dependency-type": z.enum(["production", "development"]) }),
    ]),
  ),
  ignore: z
    .array(
      z.strictObject({
        "dependency-name": z.string(),
        "update-types": z.array(
          z.enum(["version-update:semver-major", "version-update:semver-minor", "version-update:semver-patch"]),
        ),
      }),
    )
    .optional(),
});

test("dependabot.yml looks after what npm installs and what the workflows use, in groups", () => {
  const { updates } = z
    .strictObject({ version: z.literal(2), updates: z.array(update) })
    .parse(yamlOf(".github/dependabot.yml"));
  expect(updates.map((update) => update["package-ecosystem"])).toEqual(["npm", "github-actions"]);
});

test("func, run in the root, would publish what is in the package, and nothing else", () => {
  const patterns = textOf(".funcignore").split("\n").filter(Boolean);
  // As git has it: a folder's name holds anywhere, unless a slash stands before it or in it.
  const isIgnored = (path: string) =>
    patterns.some((pattern) =>
      pattern.endsWith("/")
        ? `/${path}/`.startsWith(`/${pattern}`.replace("//", "/")) ||
          (!pattern.slice(0, -1).includes("/") && `/${path}/`.includes(`/${pattern}`))
        : matchesGlob(pattern.includes("*") ? (path.split("/").at(-1) ?? "") : path, pattern),
    );
  const gitIgnored = textOf(".gitignore").split("\n").filter(Boolean);
  const isOurs = (name: string) => !gitIgnored.some((pattern) => matchesGlob(name, pattern.replace(/\/$/, "")));
  const entries = readdirSync(ROOT, { withFileTypes: true }).filter(({ name }) => isOurs(name));
  const published = entries.map(({ name, parentPath }) => relative(ROOT, join(parentPath, name)));
  expect(published.filter((path) => !isIgnored(path)).sort()).toEqual(["host.json", "package.json"]);
  // What git does not have.
  const built = [
    "dist/main.js",
    "dist/main.js.map",
    "dist/chunks/esm-A.js",
    "dist/chunks/esm-A.js.map",
    "dist/pages/dashboard/page.js",
  ];
  const local = ["local.settings.json", ".local", "node_modules", "release", "coverage", "dist/producer/main.js"];
  expect([...built, ...local].filter((path) => !isIgnored(path))).toEqual([
    "dist/main.js",
    "dist/chunks/esm-A.js",
    "dist/pages/dashboard/page.js",
  ]);
  expect(MANIFEST.main).toBe("dist/main.js");
});
