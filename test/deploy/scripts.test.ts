// The shell scripts around a deployment, run for real with stand-ins of az and npm on the path. Those for PowerShell run where
// there is one (pwsh).
import { execFile, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createClientKey } from "../../local/altinn-simulator/clientKey.ts";
import { startSimulator } from "../../local/altinn-simulator/start.ts";
import { ROOT } from "./repository.ts";

const KEY = "the-function-key";
const SETTINGS = { ALTINN_ENVIRONMENT: "tt02" };
const APP_ID = "/subscriptions/the-subscription/resourceGroups/the-group/providers/Microsoft.Web/sites/the-app";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "deploy-scripts-"));
  for (const name of ["bin", "tmp"]) await mkdir(join(directory, name));
  await setSettings(SETTINGS);
  await setReferences({ ALTINN_SUBSCRIPTION_KEY: "Resolved", MASKINPORTEN_JWK: "Resolved" });
  // Without a key as often as the file says, and with references that are not resolved yet for as long.
  await program(
    "az",
    `echo "az $*" >> "$RECORD/calls"
     case "$*" in
       *"function keys list"*)
         left=$(cat "$RECORD/without-key" 2>/dev/null || echo 0)
         if [ "$left" -gt 0 ]; then echo $((left - 1)) > "$RECORD/without-key"; exit 1; fi
         echo ${KEY} ;;
       *"appsettings list"*queueServiceUri*) echo https://data.queue.core.windows.net/ ;;
       *"appsettings list"*blobServiceUri*) echo https://data.blob.core.windows.net/ ;;
       *"appsettings list"*ALTINN_ENVIRONMENT*) echo tt02 ;;
       *"appsettings list"*) cat "$RECORD/app-settings.json" ;;
       *"functionapp keys list"*) echo ${KEY} ;;
       *"functionapp show"*"--query id"*) [ -z "\${AZ_SIGNED_OUT:-}" ] || exit 1; echo ${APP_ID} ;;
       *"functionapp show"*) echo the-app.azurewebsites.net ;;
       "functionapp restart"*) ;;
       "rest --method post"*) touch "$RECORD/refreshed" ;;
       "rest --method get"*"--output tsv"*) cat "$RECORD/references.tsv" ;;
       "rest --method get"*) cat "$RECORD/references.json" ;;
       *) exit 2 ;;
     esac`,
  );
  const npm = `echo "npm $*" >> "$RECORD/calls"
     env > "$RECORD/environment"
     while [ "$#" -gt 0 ]; do
       if [ "$1" = --settings ]; then cat "$2" > "$RECORD/settings"; ls -l "$2" > "$RECORD/rights"; fi
       shift
     done
     exit "\${NPM_EXIT:-0}"`;
  for (const name of ["npm", "npm.cmd"]) await program(name, npm);
});
afterEach(() => rm(directory, { recursive: true }));

async function program(name: string, text: string): Promise<void> {
  const path = join(directory, "bin", name);
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
}

/** As az prints them. */
async function setSettings(settings: Record<string, string>): Promise<void> {
  const listed = Object.entries(settings).map(([name, value]) => ({ name, slotSetting: false, value }));
  await writeFile(join(directory, "app-settings.json"), JSON.stringify(listed));
}

/** What Azure says of each reference to a secret: as it is, and as az prints what is asked of it, if anything is. */
async function setReferences(statuses: Record<string, string>): Promise<void> {
  const references = Object.entries(statuses).map(([name, status]) => ({
    name,
    properties: { status, vaultName: "kv-letters", secretName: name.toLowerCase().replaceAll("_", "-") },
  }));
  const open = references.filter(({ properties }) => properties.status !== "Resolved");
  const rows = open.map(({ name, properties: { status, vaultName, secretName } }) =>
    [name, status, vaultName, secretName].join("\t"),
  );
  await writeFile(join(directory, "references.json"), JSON.stringify({ value: references }));
  await writeFile(join(directory, "references.tsv"), rows.map((row) => `${row}\n`).join(""));
}

const recorded = (name: string) => readFile(join(directory, name), "utf8");

function run(script: string, args: readonly string[], more: Record<string, string> = {}, cwd = directory) {
  const env = {
    PATH: `${join(directory, "bin")}:${process.env.PATH}`,
    TMPDIR: join(directory, "tmp"),
    RECORD: directory,
    // PowerShell's own files.
    DOTNET_EnableDiagnostics: "0",
    HOME: directory,
    AZURE_SUBSCRIPTION_ID: "the-subscription",
    AZURE_RESOURCE_GROUP: "the-group",
    AZURE_FUNCTION_APP_NAME: "the-app",
    ...more,
  };
  return new Promise<{ code: number; output: string }>((resolve) => {
    const shell = script.endsWith(".ps1") ? "pwsh" : "sh";
    const child = execFile(shell, [join(ROOT, script), ...args], { env, cwd }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

const hasPowerShell = spawnSync("pwsh", ["-Version"]).status === 0;
const HOOKS = ["infra/hooks/postdeploy.sh", ...(hasPowerShell ? ["infra/hooks/postdeploy.ps1"] : [])];

describe.each(HOOKS)("the hook after a deployment, %s", (hook) => {
  const URL = { AZURE_FUNCTION_APP_URL: "https://the-app.azurewebsites.net", POSTDEPLOY_PAUSE_SECONDS: "0" };
  const APP = "--subscription the-subscription --resource-group the-group --name the-app";

  it("has secrets read anew, and hands our command address, settings, and the webhook's key by the environment alone", async () => {
    const { code, output } = await run(hook, [], URL);
    expect({ code, output }).toEqual({ code: 0, output: "" });
    const calls = await recorded("calls");
    const references = `https://management.azure.com${APP_ID}/config/configreferences/appsettings`;
    const [shown, refreshed, asked, restarted] = calls.split("\n");
    expect([shown, restarted]).toEqual([
      `az functionapp show ${APP} --query id --output tsv`,
      `az functionapp restart ${APP}`,
    ]);
    expect(refreshed).toBe(`az rest --method post --url ${references}/refresh?api-version=2022-03-01 --output none`);
    expect(asked).toContain(`az rest --method get --url ${references}?api-version=2022-03-01 `);
    expect(calls).toContain("--function-name receiveAltinnEvent");
    expect(calls).toMatch(
      /^npm run --silent altinn -- subscriptions create --app https:\/\/the-app\.azurewebsites\.net --settings \S+ --production$/m,
    );
    expect(calls).not.toContain(KEY);
    expect(await recorded("environment")).toContain(`ALTINN_WEBHOOK_KEY=${KEY}\n`);
    expect(await recorded("settings")).toBe(await recorded("app-settings.json"));
  });

  it("ends well while secrets are missing, and says which, what to do, and how to go on", async () => {
    await setReferences({ ALTINN_SUBSCRIPTION_KEY: "SecretNotFound", MASKINPORTEN_JWK: "AccessToKeyVaultDenied" });
    const { code, output } = await run(hook, [], URL);
    expect(code).toBe(0);
    expect(output).toBe(`The app is deployed, and waits for its secrets. Azure could not read for it:
  ALTINN_SUBSCRIPTION_KEY: SecretNotFound
    az keyvault secret set --vault-name kv-letters --name altinn-subscription-key --file <a file that holds it>
  MASKINPORTEN_JWK: AccessToKeyVaultDenied
    A role that was just given may take ten minutes to count.
Then: azd hooks run postdeploy
`);
    const calls = await recorded("calls");
    expect(calls.match(/\/refresh/g)).toHaveLength(5);
    expect(calls).not.toMatch(/npm|restart/);
  });

  it("keeps the settings from others, and keeps them no longer than it runs", async () => {
    await run(hook, [], URL);
    expect(await recorded("rights")).toMatch(/^-rw-------/);
    expect(await readdir(join(directory, "tmp"))).toEqual([]);
  });

  it("waits until a new app has its key", async () => {
    await writeFile(join(directory, "without-key"), "19");
    expect(await run(hook, [], URL)).toMatchObject({ code: 0 });
  });

  it("says what to do when the app never has one", async () => {
    await writeFile(join(directory, "without-key"), "20");
    const { code, output } = await run(hook, [], URL);
    expect(code).toBe(1);
    expect(output).toContain("azd hooks run postdeploy");
    expect(await recorded("calls")).not.toContain("npm");
    expect(await readdir(join(directory, "tmp"))).toEqual([]);
  });

  it.each([
    ["our command", { NPM_EXIT: "1" }, "Altinn does not send its events yet"],
    ["az, which is not signed in", { AZ_SIGNED_OUT: "1" }, "az login"],
  ])("fails as %s does, and says how to go on", async (_what, more, said) => {
    const { code, output } = await run(hook, [], { ...URL, ...more });
    expect(code).toBe(1);
    expect(output).toContain(said);
    expect(output).toContain("azd hooks run postdeploy");
  });

  it("names the variable that is missing", async () => {
    const { code, output } = await run(hook, []);
    expect(code).not.toBe(0);
    expect(output).toContain("AZURE_FUNCTION_APP_URL");
  });
});

it("the hook makes the subscriptions, with the command itself and what Altinn would answer", async () => {
  await rm(join(directory, "bin", "npm"));
  const key = await createClientKey();
  const scopes = ["altinn:serviceowner", "altinn:events.subscribe"];
  const clients = [{ clientId: "test-client", keys: [key.publicJwk], scopes }];
  const simulator = await startSimulator({ clients, subscriptionKey: "the-subscription-key" });
  await setSettings({
    ALTINN_ENVIRONMENT: "tt02",
    ALTINN_PLATFORM_URL: simulator.url,
    ALTINN_SUBSCRIPTION_KEY: "the-subscription-key",
    ALTINN_RESOURCES: "letters",
    MASKINPORTEN_ISSUER: simulator.maskinportenIssuer,
    MASKINPORTEN_CLIENT_ID: "test-client",
    MASKINPORTEN_JWK: key.base64,
  });
  // Nobody is there: the simulator tries to validate it, and fails, as Altinn would.
  const app = "http://127.0.0.1:9";
  // azd runs hooks in the root.
  const more = { AZURE_FUNCTION_APP_URL: app, POSTDEPLOY_PAUSE_SECONDS: "0" };
  const { code, output } = await run("infra/hooks/postdeploy.sh", [], more, ROOT);
  const made = simulator.control.subscriptions();
  await simulator.close();
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringMatching(/^letters: created, subscription \d+$/m),
  });
  expect(made).toMatchObject([{ endPoint: `${app}/api/altinn-events?code=${KEY}` }]);
  for (const secret of [KEY, "the-subscription-key", key.base64]) expect(output).not.toContain(secret);
});

describe("the smoke test of a deployed app", () => {
  const SMOKE = "infra/smoke-test.sh";
  const letter = ["--resource", "letters", "--recipient", "urn:altinn:organization:identifier-no:310000000"];

  it("asks Azure for address, key and storage, and goes by who is signed in to az", async () => {
    const { code, output } = await run(SMOKE, letter);
    expect({ code, output }).toEqual({ code: 0, output: "" });
    const calls = await recorded("calls");
    expect(calls).toContain(`npm run --silent smoke -- --app https://the-app.azurewebsites.net ${letter.join(" ")}\n`);
    expect(calls).not.toContain(KEY);
    const environment = (await recorded("environment")).split("\n");
    expect(environment).toEqual(
      expect.arrayContaining([
        `ALTINN_WEBHOOK_KEY=${KEY}`,
        "CORRESPONDENCE_STORAGE__queueServiceUri=https://data.queue.core.windows.net/",
        "CORRESPONDENCE_STORAGE__blobServiceUri=https://data.blob.core.windows.net/",
        "ALTINN_ENVIRONMENT=tt02",
        "AZURE_TOKEN_CREDENTIALS=AzureCliCredential",
      ]),
    );
  });

  it("has GitHub mask the key, and writes it nowhere else", async () => {
    const { output } = await run(SMOKE, [], { GITHUB_ACTIONS: "true" });
    expect(output).toBe(`::add-mask::${KEY}\n`);
  });

  it("fails as the smoke test does", async () => {
    expect(await run(SMOKE, [], { NPM_EXIT: "1" })).toMatchObject({ code: 1 });
  });
});
