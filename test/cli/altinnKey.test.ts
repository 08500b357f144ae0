// `npm run altinn -- key`: keys in a stand-in of Key Vault, over https and with a managed identity, and in files.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPrivateJwk } from "../../shared/altinn/privateJwk.ts";
import { createCertificate } from "../harness/certificate.ts";
import { commandArgs } from "../harness/command.ts";
import { type KeyVault, startKeyVault } from "../harness/keyVault.ts";
import { type ManagedIdentity, startManagedIdentity } from "../harness/managedIdentity.ts";

const ADDRESSES = resolve(import.meta.dirname, "../harness/vaultAddresses.mjs");

let directory: string;
let vault: KeyVault;
let identity: ManagedIdentity;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "altinn-key-"));
  const certificate = await createCertificate(["*.vault.test"]);
  await writeFile(join(directory, "ca.pem"), certificate.cert);
  vault = await startKeyVault(certificate);
  identity = await startManagedIdentity();
});
afterAll(async () => {
  await vault[Symbol.asyncDispose]();
  await identity[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

/** Runs the command as someone who has an identity in Azure. */
async function key(args: readonly string[], env: Record<string, string> = {}) {
  const nodeArgs = ["--import", ADDRESSES, ...commandArgs("altinn"), "key", ...args];
  const environment = { ...identity.environment, NODE_EXTRA_CA_CERTS: join(directory, "ca.pem"), ...env };
  return promisify(execFile)(process.execPath, nodeArgs, { env: environment, cwd: directory }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

const identifier = (output: string) => /MASKINPORTEN_KEY_VAULT_KEY=(\S+)/.exec(output)?.[1] ?? "";

describe("a key in a vault", () => {
  it("is made, its public part printed, and read again; the next one is a version of it", async () => {
    const made = await key(["create", "--vault", vault.url, "--bits", "2048"]);
    expect(made).toMatchObject({ code: 0, stderr: expect.stringMatching(/Register the public key.*azd env set/s) });
    const keyId = identifier(made.stderr);
    const [name, version] = keyId.split("/").slice(-2);
    const { n, e } = vault.publicKeyOf(keyId).export({ format: "jwk" });
    const jwk = { kty: "RSA", use: "sig", alg: "RS256", kid: `${name}-${version}`, n, e };
    expect(JSON.parse(made.stdout)).toEqual(jwk);

    const next = await key(["create", "--vault", vault.url, "--bits", "2048"]);
    expect(identifier(next.stderr)).toMatch(new RegExp(`^${vault.url}/keys/maskinporten/[0-9a-f]{32}$`));
    expect(identifier(next.stderr)).not.toBe(keyId);

    const first = await key(["export-public", keyId]);
    expect(JSON.parse(first.stdout)).toEqual(jwk);
    const ofTheApp = await key(["export-public", "--jwks"], { MASKINPORTEN_KEY_VAULT_KEY: keyId });
    expect(JSON.parse(ofTheApp.stdout)).toEqual({ keys: [jwk] });
    expect(identity.asked.map(({ resource }) => resource)).toContain("https://vault.test");
  });

  it.each([
    [403, "Key Vault Crypto Officer"],
    [404, "no such key"],
  ])("that Azure answers %i about is explained, with what to do", async (status, words) => {
    vault.fail(status);
    const { code, stdout, stderr } = await key(["create", "--vault", vault.url]);
    vault.fail(undefined);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(words);
    expect(stderr).not.toContain("not for you");
  });
});

describe("a key in a file", () => {
  it("is made for its owner alone, as the app takes it; only the public part is printed", async () => {
    const path = join(directory, "maskinporten.jwk");
    const made = await key(["create", "--file", path, "--bits", "2048"]);
    expect(made).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/MASKINPORTEN_JWK.*azd hooks run postdeploy/s),
    });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const text = await readFile(path, "utf8");
    const read = readPrivateJwk(text);
    if (!read.ok) throw new Error(read.problem);
    const { kid, n, e, d } = read.jwk;
    const jwk = { kty: "RSA", use: "sig", alg: "RS256", kid, n, e };
    expect(JSON.parse(made.stdout)).toEqual(jwk);
    expect(made.stdout + made.stderr).not.toContain(d);

    const shown = await key(["export-public"], { MASKINPORTEN_JWK: text });
    expect(JSON.parse(shown.stdout)).toEqual(jwk);
    const again = await key(["create", "--file", path]);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("already") });
    expect(await readFile(path, "utf8")).toBe(text);
  });
});

it.each<[string, string[], number]>([
  ["nowhere to put it", ["create"], 1],
  ["two places", ["create", "--file", "x", "--vault", "https://keys.vault.test"], 1],
  ["an open address", ["create", "--vault", "http://keys.vault.test"], 1],
  ["a length that Maskinporten refuses", ["create", "--file", "x", "--bits", "1024"], 2],
  ["no key", ["export-public"], 1],
  ["a key without its version", ["export-public", "https://keys.vault.test/keys/maskinporten"], 1],
  ["no command", [], 2],
])("refuses %s", async (_what, args, code) => {
  expect(await key(args)).toMatchObject({ code, stdout: "", stderr: expect.stringMatching(/\w/) });
});
