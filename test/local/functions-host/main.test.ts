// The local host as a process of its own.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { fixtureApp } from "./fixtureApps.ts";

const MAIN = fileURLToPath(new URL("../../../local/functions-host/main.ts", import.meta.url));

const CLOCK = z.object({ now: z.number(), scale: z.number(), setting: z.string() });

const directories: string[] = [];
let child: ChildProcess | undefined;
let output: string;
let errors: string;

afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
  if (child?.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
});

function run(args: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
  const started = fork(MAIN, args, {
    silent: true,
    execArgv: ["--disable-warning=ExperimentalWarning"],
    env: { ...process.env, ...environment },
  });
  output = "";
  errors = "";
  started.stdout?.on("data", (chunk) => {
    output += chunk;
  });
  started.stderr?.on("data", (chunk) => {
    errors += chunk;
  });
  child = started;
  return started;
}

async function exitCode(started: ChildProcess): Promise<unknown> {
  // Not "close": Node does not always emit that once the channel has been closed from here.
  const [code] = await once(started, "exit");
  return code;
}

const HTTP_ARGUMENTS = ["--app", fixtureApp("basic"), "--port", "0", "--only", "echo,bytes"];

test.each(["SIGTERM", "SIGINT", "SIGHUP", "disconnect"] as const)(
  "says when it is ready, and ends at %s",
  async (how) => {
    const started = run(HTTP_ARGUMENTS, { FUNCTION_KEY: "-k" });
    await expect.poll(() => output).toMatch(/\n$/);
    const ready = JSON.parse(output);
    expect(ready.functions).toEqual(["bytes", "echo"]);
    expect((await fetch(`${ready.url}/api/bytes`)).status).toBe(200);
    expect((await fetch(`${ready.url}/api/echo/1`)).status).toBe(401);
    expect((await fetch(`${ready.url}/api/echo/1?code=-k`)).status).toBe(201);
    if (how === "disconnect") started.disconnect();
    else started.kill(how);
    expect(await exitCode(started)).toBe(0);
    expect(output.trim().split("\n")).toHaveLength(1);
    await expect.poll(() => errors).toContain("Executed bytes (Succeeded, Id=");
  },
);

test("an app whose entry throws ends it with the error", async () => {
  const started = run(["--app", fixtureApp("broken"), "--port", "0"]);
  expect(await exitCode(started)).toBe(1);
  await expect.poll(() => errors).toBe("The functions host could not start.\nThe setting FIXTURE is missing.\n");
  expect(output).toBe("");
});

test("wrong arguments are explained", async () => {
  const started = run(["--port", "0"]);
  expect(await exitCode(started)).toBe(1);
  await expect.poll(() => errors).toContain("--app is missing.\nUse: main.ts --app <folder>");
});

test("the clock follows TIME_SCALE and TIME_ORIGIN of the environment, settings those of local.settings.json", async () => {
  const directory = await mkdtemp(join(tmpdir(), "functions-host-"));
  directories.push(directory);
  const main = relative(directory, join(fixtureApp("basic"), "main.js"));
  await writeFile(join(directory, "package.json"), JSON.stringify({ main }));
  await writeFile(join(directory, "host.json"), JSON.stringify({ version: "2.0" }));
  const Values = { FIXTURE_SETTING: "from local.settings.json", TIME_SCALE: "7" };
  await writeFile(join(directory, "local.settings.json"), JSON.stringify({ Values }));

  const args = ["--app", directory, "--port", "0", "--only", "clock", "--log-level", "warning"];
  const started = run(args, { TIME_SCALE: "2", TIME_ORIGIN: "2026-01-01T00:00:00Z" });
  await expect.poll(() => output).toMatch(/\n$/);
  const before = Date.now();
  const clock = CLOCK.parse(await (await fetch(`${JSON.parse(output).url}/api/clock`)).json());
  const after = Date.now();
  const origin = Date.UTC(2026, 0, 1);
  expect(clock.scale).toBe(2);
  expect(clock.setting).toBe("from local.settings.json");
  expect(clock.now).toBeGreaterThanOrEqual(origin + (before - origin) * 2);
  expect(clock.now).toBeLessThanOrEqual(origin + (after - origin) * 2);
  started.kill("SIGTERM");
  expect(await exitCode(started)).toBe(0);
  expect(errors).toBe("");
});

test("waits for nothing that runs when it is told to end", async () => {
  const started = run(["--app", fixtureApp("basic"), "--port", "0", "--only", "waits"], { FIXTURE_HANGS: "yes" });
  await expect.poll(() => output).toMatch(/\n$/);
  const answer = fetch(`${JSON.parse(output).url}/api/waits`).catch(() => "cut");
  await expect.poll(() => errors).toContain("Executing waits");
  started.kill("SIGTERM");
  expect(await exitCode(started)).toBe(0);
  expect(await answer).toBe("cut");
});
