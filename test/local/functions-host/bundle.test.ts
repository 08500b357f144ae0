// The host runs an app as it is deployed: one bundled ES module that brings its own copy of @azure/functions.
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startFunctionsHost } from "../../../local/functions-host/start.ts";
import { fixtureApp, shareFixture } from "./fixtureApps.ts";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "functions-host-bundle-"));
  await copyFile(join(fixtureApp("basic"), "host.json"), join(directory, "host.json"));
  await writeFile(join(directory, "package.json"), JSON.stringify({ type: "module", main: "dist/main.js" }));
  await build({
    entryPoints: [join(fixtureApp("basic"), "main.js")],
    outfile: join(directory, "dist", "main.js"),
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["@azure/functions-core"],
    banner: {
      js: 'import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);',
    },
    logLevel: "silent",
  });
});
afterAll(() => rm(directory, { recursive: true }));

test("a bundle registers its functions and runs, also when it is started again in the same process", async () => {
  for (let run = 1; run <= 2; run++) {
    const fixture = shareFixture();
    const only = ["hooked", "bytes"];
    const host = await startFunctionsHost({ appDirectory: directory, port: 0, settings: {}, only, onLog: () => {} });
    const response = await fetch(`${host.url}/api/hooked`);
    expect(await response.json()).toEqual({ wrapped: "replaced", changed: true });
    await host.stop();
    expect(fixture.seen.map(({ hook }) => hook)).toEqual(["appStart", "postInvocation", "appTerminate"]);
  }
});
