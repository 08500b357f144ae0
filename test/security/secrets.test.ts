// Secrets stay where they are: not in what is said of a wrong setting, and not in the time that a comparison takes.
import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSameSecret } from "../../local/sameSecret.ts";
import { readSettings } from "../../shared/settings/settings.ts";
import { settingsTable } from "../../shared/settings/settingsTable.ts";
import { runs } from "../fuzz/corpus.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = { ...privateKey.export({ format: "jwk" }), kid: "key-1" };

/** Occurs in no problem's own words. */
const MARK = "c2VjcmV0";

const secrets = settingsTable.filter(({ secret }) => secret).map(({ name }) => name);

/** What people paste into the wrong field, most of it nearly right. */
const garbage = fc.oneof(
  fc.string({ unit: "binary" }).map((text) => MARK + text),
  fc.string().map((text) => `${text} ${MARK}`),
  fc.constantFrom(
    `@Microsoft.KeyVault(SecretUri=https://${MARK}.vault.azure.net/secrets/s)`,
    `DefaultEndpointsProtocol=https;AccountName=account;AccountKey=${MARK}`,
    `DefaultEndpointsProtocol=http;AccountName=account;AccountKey=${MARK};EndpointSuffix=core.windows.net`,
    `BlobEndpoint=http://a.example;SharedAccessSignature=sig=${MARK}`,
    `UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://${MARK}.example`,
    `${MARK} ${MARK}`,
    `-----BEGIN PRIVATE KEY-----\n${MARK}\n-----END PRIVATE KEY-----`,
  ),
  fc.constantFrom("kty", "kid", "n", "e", "d", "p", "q", "alg", MARK).map((part) => {
    return JSON.stringify({ ...jwk, [part]: part === "n" ? `${MARK}!` : { [MARK]: MARK } });
  }),
  fc.constantFrom("kty", "n", "d", "alg").map((part) => {
    return Buffer.from(JSON.stringify({ ...jwk, kid: MARK, [part]: MARK })).toString("base64");
  }),
);

describe("what is said of wrong settings", () => {
  it.each([...secrets])("never shows %s, nor a part of it", (name) => {
    fc.assert(
      fc.property(garbage, (value) => {
        const read = readSettings({ [name]: value });
        const shown = JSON.stringify(read.ok ? read : read.problems);
        expect(shown).not.toContain(MARK);
        for (const part of [jwk.n, jwk.d, jwk.p, jwk.q]) expect(shown).not.toContain(part);
      }),
      runs(150),
    );
  });

  it("never shows any setting, secret or not: a key pasted into the wrong field is a key", () => {
    const names = settingsTable.map(({ name }) => name);
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), garbage), (env) => {
        const read = readSettings(env);
        expect(JSON.stringify(read.ok ? [] : read.problems)).not.toContain(MARK);
      }),
      runs(200),
    );
  });

  it("knows which are secret", () => {
    expect(secrets).toEqual(["CORRESPONDENCE_STORAGE", "ALTINN_SUBSCRIPTION_KEY", "MASKINPORTEN_JWK"]);
  });
});

describe("a key that is compared", () => {
  it("is the same or not, of whatever length and characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (given, wanted) => {
        expect(isSameSecret(given, wanted)).toBe(given === wanted);
        expect(isSameSecret(wanted, wanted)).toBe(true);
      }),
      runs(200),
    );
  });
});
