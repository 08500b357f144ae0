// GitHub's workflows: valid by GitHub's own schema, with no more rights than they need, and no secrets.
import "../harness/jsonModules.ts";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { describe, expect, it, test } from "vitest";
import { z } from "zod";
import { ZIP_NAME } from "../../scripts/package.ts";
import { MANIFEST, npmScriptsIn, ROOT, textOf, WORKFLOWS, yamlOf } from "./repository.ts";

const rights = z.record(z.string(), z.enum(["read", "write"]));
const concurrency = z.strictObject({ group: z.string(), "cancel-in-progress": z.union([z.boolean(), z.string()]) });
const step = z.strictObject({
  name: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  run: z.string().optional(),
});
const job = z.strictObject({
  name: z.string().optional(),
  needs: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.boolean()])).optional(),
  permissions: rights,
  "runs-on": z.literal("ubuntu-24.04").optional(),
  "timeout-minutes": z.int().max(90).optional(),
  environment: z.string().optional(),
  concurrency: concurrency.optional(),
  env: z.record(z.string(), z.string()).optional(),
  strategy: z.unknown().optional(),
  steps: z.array(step).optional(),
});
/** What the workflows here use of the syntax. */
const workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: z.strictObject({}),
  concurrency: concurrency.optional(),
  jobs: z.record(z.string(), job),
});

const all = WORKFLOWS.map((path) => ({ path, ...workflow.parse(yamlOf(path)) }));
const jobs = all.flatMap(({ path, jobs }) => Object.entries(jobs).map(([id, job]) => ({ path, id, ...job })));
const steps = jobs.flatMap(({ path, steps = [] }) => steps.map((step) => ({ path, ...step })));

/** What GitHub would refuse in a workflow: syntax, schema, expressions, and inputs of the workflows that it calls. */
async function errorsOf(path: string, content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name: path, content }, new NoOperationTraceWriter());
  if (value !== undefined) {
    const fileProvider = {
      getFileContent: async (reference: { path: string }) => ({
        name: reference.path,
        content: textOf(reference.path),
      }),
    };
    await convertWorkflowTemplate(context, value, fileProvider, { fetchReusableWorkflowDepth: 1 });
  }
  return context.errors.getErrors().map(({ message }) => message);
}

describe("GitHub's parser", () => {
  it.each(WORKFLOWS)("takes %s", async (path) => {
    expect(await errorsOf(path, textOf(path))).toEqual([]);
  });

  it.each([
    ["a key that it does not know", "timeout-minutes: 30", "timeout: 30"],
    ["an input that the called workflow does not have", "letter: true", "letters: true"],
    ["an input too few", "letter: true", ""],
    ["a need that is no job", "needs: test", "needs: tests"],
    ["an expression that is none", "inputs.environment }}", "inputs.environment ) }}"],
    ["a context that is not there", "vars.AZURE_RESOURCE_GROUP", "variables.AZURE_RESOURCE_GROUP"],
  ])("refuses %s", async (_what, right, wrong) => {
    const path = WORKFLOWS.find((path) => textOf(path).includes(right)) ?? "";
    expect(await errorsOf(path, textOf(path).replace(right, wrong))).not.toEqual([]);
  });
});

test("each job has its own rights, an end, and a machine, or calls a workflow that has them", () => {
  const without = jobs.filter(
    ({ uses, steps, "timeout-minutes": end, "runs-on": machine }) =>
      uses === undefined && [steps, end, machine].includes(undefined),
  );
  expect(without).toEqual([]);
  const writing = jobs.flatMap(({ path, id, permissions }) =>
    Object.entries(permissions)
      .filter(([, right]) => right === "write")
      .map(([area]) => `${path} ${id} ${area}`),
  );
  expect(writing.sort()).toEqual([
    ".github/workflows/codeql.yml analyze security-events",
    ".github/workflows/deploy-to.yml deploy id-token",
    ".github/workflows/deploy.yml to-production id-token",
    ".github/workflows/deploy.yml to-test id-token",
  ]);
});

test("actions are pinned to a commit whose version is said, each action to one; workflows of this repository exist", () => {
  const uses = WORKFLOWS.flatMap((path) => textOf(path).match(/^.*\buses: .*$/gm) ?? []);
  const pins = new Map<string, string>();
  for (const line of uses) {
    const [, reference = "", action = "", commit, version] =
      /uses: (([\w./-]+)(?:@([0-9a-f]{40}) # (v\d+\.\d+\.\d+))?)$/.exec(line) ?? [];
    if (action.startsWith("./")) {
      expect(existsSync(join(ROOT, action)), action).toBe(true);
      continue;
    }
    expect({ line, commit, version }).toEqual({ line, commit: expect.any(String), version: expect.any(String) });
    // Actions of one repository have one version.
    const repository = action.split("/").slice(0, 2).join("/");
    expect(pins.get(repository) ?? reference.replace(action, ""), line).toBe(reference.replace(action, ""));
    pins.set(repository, reference.replace(action, ""));
  }
  expect(pins.size).toBeGreaterThan(0);
});

test("a checkout leaves no token behind", () => {
  const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
  expect(checkouts.length).toBeGreaterThan(0);
  for (const { with: options } of checkouts) expect(options).toMatchObject({ "persist-credentials": false });
});

test("there are no secrets, and nothing runs with the rights of the repository for somebody else's code", () => {
  for (const path of WORKFLOWS)
    expect(textOf(path)).not.toMatch(/\bsecrets\b\s*[.:[]|pull_request_target|workflow_run/);
});

test("no expression is put into a command: values come by the environment", () => {
  for (const { path, run } of steps) expect({ path, run }).not.toMatchObject({ run: expect.stringContaining("${{") });
});

test("commands are npm scripts and files that exist", () => {
  const commands = steps.flatMap(({ run }) => run ?? []);
  const scripts = commands.flatMap(npmScriptsIn);
  expect(scripts).toEqual(expect.arrayContaining(["test", "package"]));
  expect(Object.keys(MANIFEST.scripts)).toEqual(expect.arrayContaining(scripts));
  const files = commands.flatMap((command) => command.match(/\binfra\/[\w./-]+/g) ?? []);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect(existsSync(join(ROOT, file)), file).toBe(true);
});

test("the package that one workflow makes is the one that the other deploys", () => {
  expect(textOf(".github/workflows/test.yml")).toContain(`path: release/${ZIP_NAME}`);
  expect(textOf(".github/workflows/deploy-to.yml")).toContain(`--src release/${ZIP_NAME}`);
  const upload = steps.find(
    ({ path, uses }) => path.endsWith("test.yml") && uses?.startsWith("actions/upload-artifact@"),
  );
  const download = steps.find(({ uses }) => uses?.startsWith("actions/download-artifact@"));
  expect(download?.with?.name).toBe(upload?.with?.name);
});

test("production comes after the test environment, that after the tests, and only the test environment gets a letter", () => {
  const deploy = all.find(({ name }) => name === "deploy")?.jobs ?? {};
  expect(Object.keys(deploy)).toEqual(["test", "to-test", "to-production"]);
  expect(deploy["to-test"]).toMatchObject({ needs: "test", with: { environment: "test", letter: true } });
  expect(deploy["to-production"]).toMatchObject({
    needs: "to-test",
    with: { environment: "production", letter: false },
  });
});
