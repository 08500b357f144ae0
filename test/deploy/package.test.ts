// What is deployed: the same bytes whoever packs it, nothing that does not run, and it works from an empty folder with
// nothing but identities, as in Azure.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import tls from "node:tls";
import { promisify } from "node:util";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Simulator, startSimulator } from "../../local/altinn-simulator/start.ts";
import { type Azurite, startAzurite } from "../../local/azurite/start.ts";
import { organization } from "../../local/parties.ts";
import { type Service, startService } from "../../local/start/service.ts";
import { prepareStorage } from "../../local/start/storage.ts";
import { PAGE_FILES } from "../../scripts/buildPages.ts";
import { type Packed, packageApp } from "../../scripts/package.ts";
import { createCertificate } from "../harness/certificate.ts";
import { commandArgs } from "../harness/command.ts";
import { type KeyVault, startKeyVault } from "../harness/keyVault.ts";
import { type ManagedIdentity, startManagedIdentity } from "../harness/managedIdentity.ts";
import { RESOURCE } from "../harness/world.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const VAULT_ADDRESSES = resolve(import.meta.dirname, "../harness/vaultAddresses.mjs");
const FUNCTION_KEY = "the-function-key";
const IDENTITY_CLIENT_ID = "0193b2c1-0000-7000-8000-000000000001";

let directory: string;
let packed: Packed;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "package-"));
  packed = await packageApp(join(directory, "release"));
});
afterAll(() => rm(directory, { recursive: true }));

describe("the package", () => {
  it("holds the bundle, host.json and package.json, and nothing else", async () => {
    const files = packed.files.filter((path) => !/^dist\/chunks\/[\w.-]+\.js$/.test(path));
    expect(files).toEqual([
      "dist/main.js",
      ...PAGE_FILES.map((name) => `dist/pages/dashboard/${name}`),
      "host.json",
      "package.json",
    ]);
    const unzipped = unzipSync(await readFile(packed.zip));
    expect(Object.keys(unzipped)).toEqual(packed.files);
    const manifest: unknown = JSON.parse(Buffer.from(unzipped["package.json"] ?? []).toString("utf8"));
    expect(manifest).toMatchObject({ type: "module", main: "dist/main.js" });
    expect(manifest).not.toHaveProperty("dependencies");
    expect(manifest).not.toHaveProperty("scripts");
    expect(unzipped["host.json"]).toEqual(new Uint8Array(await readFile(join(ROOT, "host.json"))));
  });

  it("has its source maps beside it", async () => {
    const map = JSON.parse(await readFile(join(directory, "release", "source-maps", "dist", "main.js.map"), "utf8"));
    expect(map.sources.join()).toContain("shared/app.ts");
  });

  it("names no path of the machine that it was made on", async () => {
    for (const [path, bytes] of Object.entries(unzipSync(await readFile(packed.zip)))) {
      expect({ path, isNamed: Buffer.from(bytes).includes(ROOT) }).toEqual({ path, isNamed: false });
    }
  });

  it("has the same bytes in another place, another time zone and another time", async () => {
    const other = join(directory, "elsewhere", "release");
    const script = `const { packageApp } = await import(${JSON.stringify(join(ROOT, "scripts", "package.ts"))});
      Date.now = () => 0;
      process.stdout.write((await packageApp(${JSON.stringify(other)})).sha256);`;
    const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", script];
    const env = { ...process.env, TZ: "Pacific/Auckland", HOME: directory };
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: tmpdir(), env });
    expect(stdout).toBe(packed.sha256);
  });
});

describe("unzipped into an empty folder, with identities alone", () => {
  const doctorReport = z.object({
    findings: z.array(z.object({ check: z.string(), result: z.string(), what: z.string() })),
  });
  const readySchema = z.object({ url: z.string(), functions: z.array(z.string()) });
  let storage: Azurite;
  let simulator: Simulator;
  let vault: KeyVault;
  let identity: ManagedIdentity;
  let host: Service<z.infer<typeof readySchema>>;
  let environment: NodeJS.ProcessEnv;
  const log: string[] = [];
  const trusted = tls.getCACertificates("default");

  beforeAll(async () => {
    const app = join(directory, "app");
    for (const [path, bytes] of Object.entries(unzipSync(await readFile(packed.zip)))) {
      await mkdir(dirname(join(app, path)), { recursive: true });
      await writeFile(join(app, path), bytes);
    }
    const certificate = await createCertificate(["*.vault.test"]);
    const pem = { key: join(directory, "key.pem"), cert: join(directory, "cert.pem") };
    await Promise.all([writeFile(pem.key, certificate.key), writeFile(pem.cert, certificate.cert)]);
    tls.setDefaultCACertificates([...trusted, certificate.cert]);
    [storage, identity, vault] = await Promise.all([
      startAzurite({ signIn: pem }),
      startManagedIdentity(),
      startKeyVault(certificate),
    ]);
    await prepareStorage(storage.connectionString);
    const keyId = vault.createKey("maskinporten");
    const kid = keyId.split("/").slice(-2).join("-");
    const publicJwk = { ...vault.publicKeyOf(keyId).export({ format: "jwk" }), kty: "RSA", kid };
    const clients = [{ clientId: "test-client", keys: [publicJwk] }];
    simulator = await startSimulator({ clients, subscriptionKey: "test-subscription-key" });
    environment = {
      PATH: process.env.PATH,
      NODE_EXTRA_CA_CERTS: pem.cert,
      ...identity.environment,
      AZURE_CLIENT_ID: IDENTITY_CLIENT_ID,
      ...byIdentity("AzureWebJobsStorage"),
      ...byIdentity("CORRESPONDENCE_STORAGE"),
      ALTINN_ENVIRONMENT: "tt02",
      ALTINN_PLATFORM_URL: simulator.url,
      ALTINN_SUBSCRIPTION_KEY: "test-subscription-key",
      ALTINN_RESOURCES: RESOURCE,
      MASKINPORTEN_ISSUER: simulator.maskinportenIssuer,
      MASKINPORTEN_CLIENT_ID: "test-client",
      MASKINPORTEN_KEY_VAULT_KEY: keyId,
    };
    host = await startService({
      name: "The functions host",
      program: join(ROOT, "local", "functions-host", "main.ts"),
      arguments: ["--app", app, "--port", "0"],
      nodeFlags: ["--import", VAULT_ADDRESSES],
      environment: { ...environment, FUNCTION_KEY },
      workingDirectory: app,
      logFile: join(directory, "host.log"),
      readySchema,
      onLog: (line) => log.push(line),
    });
  });
  afterAll(async () => {
    await host?.stop();
    await simulator?.close();
    await vault?.[Symbol.asyncDispose]();
    await identity?.[Symbol.asyncDispose]();
    await storage?.stop();
    tls.setDefaultCACertificates(trusted);
  });

  function byIdentity(connection: string): Record<string, string> {
    return {
      [`${connection}__credential`]: "managedidentity",
      [`${connection}__clientId`]: IDENTITY_CLIENT_ID,
      [`${connection}__queueServiceUri`]: storage.queueUrl,
      [`${connection}__blobServiceUri`]: storage.blobUrl,
    };
  }

  /** Runs a command as somebody who has the app's identity. */
  async function command(name: string, args: readonly string[], key = FUNCTION_KEY) {
    const nodeArgs = ["--import", VAULT_ADDRESSES, ...commandArgs(name), ...args, "--app", host.ready.url];
    const env = { ...environment, ALTINN_WEBHOOK_KEY: key };
    return promisify(execFile)(process.execPath, nodeArgs, { env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
    );
  }
  const smoke = (args: readonly string[], key?: string) => command("smoke", args, key);

  it("sends a letter; storage and the vault are reached by the app's identity, and no key is in its settings", async () => {
    const outcome = await smoke(["--resource", RESOURCE, "--recipient", organization(20)]);
    expect(outcome, log.join("\n")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^health: ok\nletter: sent, request smoke-test-[0-9a-f-]+\n$/),
    });
    expect(simulator.control.correspondences()).toMatchObject([{ recipient: organization(20) }]);
    expect(vault.calls.filter((call) => call.endsWith("/sign"))).toHaveLength(1);
    expect(identity.asked).toContainEqual({ resource: "https://storage.azure.com", clientId: IDENTITY_CLIENT_ID });
    expect(identity.asked).toContainEqual({ resource: "https://vault.test", clientId: IDENTITY_CLIENT_ID });
  });

  it("the doctor works by identity too: storage, and a key that stays in the vault", async () => {
    expect((await command("altinn", ["subscriptions", "create"])).code).toBe(0);
    const { stdout } = await command("altinn", ["doctor", "--json"]);
    const { findings } = doctorReport.parse(JSON.parse(stdout));
    // Altinn has asked the webhook by now, or not yet, and comes from an address that is not its own.
    const others = findings.filter(({ check }) => !check.startsWith("subscription"));
    expect(others.filter(({ result }) => result !== "ok")).toEqual([]);
    expect(others).toContainEqual({ check: "storage", result: "ok", what: "reached by identity" });
    expect(others).toContainEqual({ check: "Maskinporten", result: "ok", what: "gives tokens" });
  });

  it("the smoke test fails where the app does: a key that is not its own, a letter that is refused, no app", async () => {
    expect(await smoke([], "another-key")).toMatchObject({ code: 1, stdout: expect.stringContaining("401") });
    const refused = await smoke(["--resource", RESOURCE, "--recipient", organization(1)]);
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining("letter: rejected, request") });
    const never = await smoke(["--resource", "not-ours", "--recipient", organization(20), "--seconds", "3"]);
    expect(never).toMatchObject({ code: 1, stdout: expect.stringContaining("not sent within 3 s") });
    const broken = await smoke(["--resource", RESOURCE, "--recipient", "nobody"]);
    expect(broken).toMatchObject({ code: 1, stdout: expect.stringContaining("letter: refused") });
    expect(await smoke(["--resource", RESOURCE])).toMatchObject({ code: 2 });
  });
});
