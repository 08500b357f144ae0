// The setting SENDERS: what it comes to, and every problem of every sender named at once.
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { indexSenders } from "../../shared/senders/owners.ts";
import { requestQueueOf, sharedResources } from "../../shared/senders/senders.ts";
import { readSettings } from "../../shared/settings/settings.ts";

const privateJwk = (kid: string) => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return JSON.stringify({ ...privateKey.export({ format: "jwk" }), kid });
};
const sharedKey = privateJwk("shared");
const otherKey = privateJwk("other");
const VAULT_KEY = `https://vault.vault.azure.net/keys/nav/${"0".repeat(32)}`;

function read(senders: unknown, more: Readonly<Record<string, string>> = {}) {
  return readSettings({
    CORRESPONDENCE_STORAGE: "UseDevelopmentStorage=true",
    ALTINN_RESOURCES: "letters",
    ALTINN_ENVIRONMENT: "tt02",
    ALTINN_SUBSCRIPTION_KEY: "subscription-key-value",
    MASKINPORTEN_CLIENT_ID: "supplier",
    MASKINPORTEN_CONSUMER_ORG: "310000000",
    MASKINPORTEN_JWK: sharedKey,
    STATUS_QUEUES: "oslo-status:base64",
    ...more,
    SENDERS: typeof senders === "string" ? senders : JSON.stringify(senders),
  });
}

function sendersOf(...given: Parameters<typeof read>) {
  const settings = read(...given);
  if (!settings.ok) throw new Error(JSON.stringify(settings.problems));
  return settings.settings.senders;
}

function problemsOf(...given: Parameters<typeof read>): string[] {
  const settings = read(...given);
  return settings.ok ? [] : settings.problems.map(({ key, problem }) => `${key} ${problem}`);
}

describe("senders", () => {
  it("are none without the setting", () => {
    expect(sendersOf("")).toEqual([]);
    expect(sendersOf("[]")).toEqual([]);
  });

  it("share client, key and scopes unless they have their own; for whom they send each says itself", () => {
    const [oslo, bergen, nav] = sendersOf(
      [
        { name: "oslo", resources: ["oslo-letters", "urn:altinn:resource:oslo-decisions"], consumerOrg: "313721779" },
        {
          name: "bergen",
          resources: ["bergen-letters"],
          systemUserOrg: "310000035",
          clientId: "bergens",
          scopes: ["a:b"],
        },
        { name: "nav", resources: ["nav-letters"], clientId: "navs", jwkSetting: "MASKINPORTEN_JWK_NAV" },
      ],
      { MASKINPORTEN_JWK_NAV: otherKey },
    );
    expect(oslo).toMatchObject({
      resources: ["oslo-letters", "oslo-decisions"],
      maskinporten: { clientId: "supplier", consumerOrg: "313721779", key: { jwk: { kid: "shared" } } },
      hasOwnQueue: false,
    });
    expect(bergen?.maskinporten).toMatchObject({ clientId: "bergens", systemUserOrg: "310000035", scopes: ["a:b"] });
    expect(bergen?.maskinporten).not.toHaveProperty("consumerOrg");
    expect(nav?.maskinporten).toMatchObject({ clientId: "navs", key: { jwk: { kid: "other" } } });
    expect(nav?.maskinporten).not.toHaveProperty("consumerOrg");
  });

  it("can have a key in a vault, a limit, and queues of their own", () => {
    const all = sendersOf([
      { name: "nav", resources: ["a"], keyVaultKey: VAULT_KEY, maxLettersPerHour: 500, ownQueue: true },
      { name: "oslo", resources: ["b"], statusQueue: "oslo-status" },
    ]);
    expect(all[0]).toMatchObject({
      maskinporten: { key: { kind: "keyVault", key: { keyId: VAULT_KEY } } },
      maxLettersPerHour: 500,
    });
    expect(all[1]).toMatchObject({ statusQueue: "oslo-status" });
    expect(all.map(requestQueueOf)).toEqual(["correspondence-requests-nav", "correspondence-requests"]);
    // What has a queue of its own is not dropped on that of all, unless the settings say so.
    expect([...sharedResources(["letters"], all)]).toEqual(["letters", "b"]);
    expect([...sharedResources(["letters", "a"], all)]).toEqual(["letters", "a", "b"]);
    expect(requestQueueOf(undefined)).toBe("correspondence-requests");
  });

  it("are found by resource, with or without its prefix, and by name", () => {
    const senders = indexSenders(sendersOf([{ name: "oslo", resources: ["oslo-letters"] }]));
    expect(senders.of("urn:altinn:resource:oslo-letters")?.name).toBe("oslo");
    expect(senders.of("oslo-letters")).toBe(senders.named("oslo"));
    expect(senders.of("letters")).toBeUndefined();
  });
});

describe("what is wrong", () => {
  it("is all named at once, by the sender's name or place", () => {
    const problems = problemsOf([
      { name: "oslo", resources: ["same", "own"], consumerOrg: "31372177", consumer_org: "1", maxLettersPerHour: 0 },
      { name: "bergen", resources: ["same"], consumerOrg: "313721779", systemUserOrg: "310000035" },
      { name: "voss", resources: ["same"], statusQueue: "voss-status", jwkSetting: "MASKINPORTEN_JWK_VOSS" },
      { name: "voss", resources: ["other"], jwkSetting: "MASKINPORTEN_JWK_A", keyVaultKey: VAULT_KEY },
      { name: "Bad Name", resources: [] },
      { resources: ["x y"] },
      "a text",
    ]);
    expect(problems).toEqual([
      expect.stringMatching(/^SENDERS\[oslo\]\.consumerOrg must be an organisation number/),
      "SENDERS[oslo].maxLettersPerHour must be at least 1.",
      expect.stringMatching(/^SENDERS\[oslo\] has fields that are not known: consumer_org. Known are name, /),
      "SENDERS[bergen].systemUserOrg is set, and so is consumerOrg: choose one.",
      "SENDERS[voss].resources names same, which is the sender bergen's.",
      "SENDERS[voss].statusQueue must be one of STATUS_QUEUES.",
      "SENDERS[voss].jwkSetting names a setting that is missing.",
      "SENDERS[voss].name is the name of another sender too.",
      expect.stringMatching(/^SENDERS\[5\]\.name must be 1 to 32/),
      "SENDERS[5].resources must name at least one resource.",
      "SENDERS[6].name is missing.",
      "SENDERS[6].resources holds an entry that is wrong, at place 1.",
      "SENDERS[7] must be an object.",
    ]);
  });

  it.each([["{"], ['{"name":"oslo"}'], ["oslo"], ["17"]])("is said of %s", (text) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(/^SENDERS must be a JSON list/)]);
  });

  it("is said of a list in a blob that could not be read", () => {
    expect(problemsOf("blob")).toEqual([expect.stringContaining("senders.json")]);
  });

  it.each(["poison", "oslo-poison", "-oslo", "oslo-", "a".repeat(33), "øst"])("is said of the name %s", (name) => {
    expect(problemsOf([{ name, resources: ["a"] }])).toEqual([expect.stringContaining("SENDERS[1].name must be")]);
  });

  it("shows no key: of one that is no key, or not resolved", () => {
    const one = [{ name: "nav", resources: ["a"], jwkSetting: "MASKINPORTEN_JWK_NAV" }];
    const secret = "the-secret-value";
    expect(problemsOf(one, { MASKINPORTEN_JWK_NAV: secret }).join()).not.toContain(secret);
    expect(problemsOf(one, { MASKINPORTEN_JWK_NAV: "@Microsoft.KeyVault(SecretUri=https://x)" })).toEqual([
      "SENDERS[nav].jwkSetting names a setting whose Key Vault reference Azure has not resolved.",
    ]);
  });
});
