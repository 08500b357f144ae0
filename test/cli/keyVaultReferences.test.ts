import { describe, expect, it } from "vitest";
import { readReference, resolveReferences } from "../../cli/keyVaultReferences.ts";

const vaultUrl = "https://agency-vault.vault.azure.net";

describe("a reference", () => {
  it.each([
    ["@Microsoft.KeyVault(SecretUri=https://agency-vault.vault.azure.net/secrets/jwk)", { vaultUrl, name: "jwk" }],
    ["@Microsoft.KeyVault(SecretUri=https://agency-vault.vault.azure.net/secrets/jwk/)", { vaultUrl, name: "jwk" }],
    [
      "@Microsoft.KeyVault(SecretUri=https://agency-vault.vault.azure.net/secrets/jwk/0123abcd)",
      { vaultUrl, name: "jwk", version: "0123abcd" },
    ],
    ["@Microsoft.KeyVault(VaultName=agency-vault;SecretName=jwk)", { vaultUrl, name: "jwk" }],
    [
      " @Microsoft.KeyVault(VaultName=agency-vault; SecretName=jwk; SecretVersion=7) ",
      { vaultUrl, name: "jwk", version: "7" },
    ],
  ])("%s", (text, address) => {
    expect(readReference(text)).toEqual(address);
  });

  it.each([
    "a secret",
    "@Microsoft.KeyVault()",
    "@Microsoft.KeyVault(SecretUri=http://agency-vault.vault.azure.net/secrets/jwk)",
    "@Microsoft.KeyVault(SecretUri=https://agency-vault.vault.azure.net/keys/jwk)",
    "@Microsoft.KeyVault(VaultName=agency-vault)",
    "@Microsoft.KeyVault(VaultName=a/b;SecretName=jwk)",
  ])("is none: %s", (text) => {
    expect(readReference(text)).toBeUndefined();
  });
});

it("secrets take the place of references; those that can't be had are named, with the reason and nothing of what was said", async () => {
  const env = {
    PLAIN: "plain",
    GOOD: "@Microsoft.KeyVault(VaultName=agency-vault;SecretName=good)",
    DENIED: "@Microsoft.KeyVault(VaultName=agency-vault;SecretName=denied)",
    MISSING: "@Microsoft.KeyVault(VaultName=agency-vault;SecretName=missing)",
    WRONG: "@Microsoft.KeyVault(nonsense)",
  };
  const { env: resolved, unresolved } = await resolveReferences(env, async ({ name }) => {
    if (name === "good") return "the secret";
    throw Object.assign(new Error("said by the vault about tenant 123"), {
      statusCode: name === "missing" ? 404 : 403,
    });
  });
  expect(resolved).toEqual({ ...env, GOOD: "the secret" });
  expect(unresolved).toEqual([
    { key: "DENIED", why: expect.stringContaining("may not read"), mend: expect.stringContaining("az login") },
    {
      key: "MISSING",
      why: "there is no such secret",
      mend: expect.stringMatching(
        /^az keyvault secret set --vault-name agency-vault --name missing .*azd hooks run postdeploy/,
      ),
    },
    { key: "WRONG", why: expect.stringContaining("form"), mend: expect.stringContaining("SecretUri=") },
  ]);
  expect(JSON.stringify(unresolved)).not.toContain("tenant");
});
