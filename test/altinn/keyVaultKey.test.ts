import { decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAccessTokens } from "../../shared/altinn/accessToken.ts";
import { type KeyVaultKey, keyVaultSigner, readKeyVaultKey } from "../../shared/altinn/keyVaultKey.ts";
import { type Certificate, createCertificate } from "../harness/certificate.ts";
import { anyCredential, type KeyVault, startKeyVault } from "../harness/keyVault.ts";
import "../harness/vaultAddresses.mjs";
import { answerJson, settableClock, startPeer } from "./peer.ts";

let certificate: Certificate;
let vault: KeyVault;
let key: KeyVaultKey;
beforeAll(async () => {
  certificate = await createCertificate(["*.vault.test"]);
  vault = await startKeyVault(certificate);
  const read = readKeyVaultKey(vault.createKey("maskinporten"));
  if (read === undefined) throw new Error("The vault's key has no identifier.");
  key = read;
});
afterAll(() => vault[Symbol.asyncDispose]());

const signer = () =>
  keyVaultSigner(key, {
    credential: anyCredential,
    client: { tlsOptions: { ca: certificate.cert }, retryOptions: { maxRetries: 0 } },
  });

const claims = { aud: "https://test.maskinporten.no/", iss: "client-1", scope: "a:b", iat: 1, exp: 2, jti: "3" };

describe("a key in a vault", () => {
  it("signs a grant that its public part verifies, under the kid that is registered", async () => {
    const grant = await signer()(claims);
    expect(decodeProtectedHeader(grant)).toEqual({ alg: "RS256", kid: key.kid, typ: "JWT" });
    const { payload } = await jwtVerify(grant, vault.publicKeyOf(key.keyId), { currentDate: new Date(1_500) });
    expect(payload).toEqual(claims);
  });

  it("is read once, and signs each grant with one call", async () => {
    const before = vault.calls.length;
    const sign = signer();
    for (let count = 0; count < 3; count++) await sign(claims);
    const path = new URL(key.keyId).pathname;
    expect(vault.calls.slice(before)).toEqual([`GET ${path}`, ...Array(3).fill(`POST ${path}/sign`)]);
  });

  it.each([
    [403, true],
    [404, true],
    [429, false],
    [500, false],
  ])(
    "that the vault answers %i about is told as a failure of signing, without what the vault says",
    async (status, isSetUp) => {
      vault.fail(status);
      await using maskinporten = await startPeer((_request, response) =>
        answerJson(response, 200, { token_endpoint: "https://maskinporten.example/token" }),
      );
      const tokens = createAccessTokens({
        issuer: maskinporten.url,
        platformUrl: maskinporten.url,
        clientId: "client-1",
        scopes: ["a:b"],
        sign: signer(),
        http: fetch,
        clock: settableClock(),
      });
      const result = await tokens.get();
      vault.fail(undefined);
      expect(result).toEqual({
        ok: false,
        failure: { kind: "failed", call: "sign grant", cause: "token", status, isSetUp },
      });
      expect(maskinporten.seen).toHaveLength(1);
    },
  );
});
