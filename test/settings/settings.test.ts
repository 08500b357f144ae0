import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type ReadSettings, readSettings } from "../../shared/settings/settings.ts";
import { settingsTable } from "../../shared/settings/settingsTable.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = { ...privateKey.export({ format: "jwk" }), kid: "key-1" };
const asJson = JSON.stringify(jwk);

const good = {
  CORRESPONDENCE_STORAGE: "UseDevelopmentStorage=true",
  ALTINN_RESOURCES: "urn:altinn:resource:letters, invoices",
  ALTINN_ENVIRONMENT: "tt02",
  ALTINN_SUBSCRIPTION_KEY: "subscription-key-value",
  MASKINPORTEN_CLIENT_ID: "client-id-value",
  MASKINPORTEN_JWK: Buffer.from(asJson).toString("base64"),
};

function settingsOf(read: ReadSettings) {
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.settings;
}

function problemsWith(env: Record<string, string | undefined>) {
  const read = readSettings({ ...good, ...env });
  return read.ok ? [] : read.problems;
}

describe("good settings", () => {
  it("need little, and get the environment's addresses and the defaults", () => {
    expect(settingsOf(readSettings(good))).toEqual({
      storage: { kind: "connectionString", connectionString: "UseDevelopmentStorage=true" },
      resources: ["letters", "invoices"],
      senders: [],
      statusQueues: [],
      statusQueueEncoding: "raw",
      altinn: {
        environment: "tt02",
        platformUrl: "https://platform.tt02.altinn.no",
        subscriptionKey: "subscription-key-value",
      },
      maskinporten: {
        issuer: "https://test.maskinporten.no/",
        clientId: "client-id-value",
        key: { kind: "jwk", jwk: { ...jwk, alg: "RS256" } },
        scopes: ["altinn:serviceowner", "altinn:correspondence.write", "altinn:correspondence.read"],
      },
      checkSchedule: "0 */15 * * * *",
      giveUpAfterHours: 72,
      publishWithinHours: 24,
      followDays: 90,
      deleteRequestBlobsAfterDays: 8,
      deleteAcceptedRequestsAfterDays: 30,
      emergencyBrake: false,
      maxLettersPerHour: undefined,
      unknownFields: "refuse-near",
      confirmEvents: false,
      eventSources: [{ address: "20.100.24.41", prefix: 32, family: "ipv4" }],
    });
  });

  it("can say everything", () => {
    const settings = settingsOf(
      readSettings({
        ...good,
        CORRESPONDENCE_STORAGE: undefined,
        CORRESPONDENCE_STORAGE__queueServiceUri: "https://account.queue.core.windows.net/",
        CORRESPONDENCE_STORAGE__blobServiceUri: "https://account.blob.core.windows.net",
        CORRESPONDENCE_STORAGE__credential: "managedidentity",
        CORRESPONDENCE_STORAGE__clientId: "0193b2c1-0000-7000-8000-000000000001",
        ALTINN_ENVIRONMENT: "production",
        ALTINN_PLATFORM_URL: "http://127.0.0.1:7071/altinn/",
        MASKINPORTEN_ISSUER: "http://localhost:7071/maskinporten",
        MASKINPORTEN_SCOPES: "a:b c:d a:b",
        MASKINPORTEN_CONSUMER_ORG: "310000000",
        MASKINPORTEN_SYSTEM_USER_ORG: "310000035",
        STATUS_QUEUES: "case-system-status:raw, archive-status",
        STATUS_QUEUE_ENCODING: "base64",
        CHECK_SCHEDULE: "*/5 * * * * *",
        GIVE_UP_AFTER_HOURS: "0.5",
        PUBLISH_WITHIN_HOURS: "12",
        FOLLOW_DAYS: "30",
        UNKNOWN_FIELDS: "refuse",
        CONFIRM_EVENTS: "true",
        MASKINPORTEN_JWK: undefined,
        MASKINPORTEN_KEY_VAULT_KEY: "https://v.vault.azure.net/keys/maskinporten/0123456789abcdef0123456789abcdef",
        ALTINN_EVENTS_ADDRESSES: "192.0.2.7, 2001:db8::/32",
      }),
    );
    expect(settings).toMatchObject({
      storage: {
        kind: "identity",
        queueServiceUri: "https://account.queue.core.windows.net",
        blobServiceUri: "https://account.blob.core.windows.net",
        clientId: "0193b2c1-0000-7000-8000-000000000001",
      },
      altinn: { environment: "production", platformUrl: "http://127.0.0.1:7071/altinn" },
      maskinporten: {
        issuer: "http://localhost:7071/maskinporten/",
        scopes: ["a:b", "c:d"],
        consumerOrg: "310000000",
        systemUserOrg: "310000035",
      },
      statusQueues: [{ name: "case-system-status", encoding: "raw" }, { name: "archive-status" }],
      statusQueueEncoding: "base64",
      unknownFields: "refuse",
      checkSchedule: "*/5 * * * * *",
      giveUpAfterHours: 0.5,
      publishWithinHours: 12,
      followDays: 30,
      confirmEvents: true,
    });
  });

  it.each([
    ["JSON", asJson],
    ["base64", Buffer.from(asJson).toString("base64")],
    ["base64url", Buffer.from(asJson).toString("base64url")],
    ["JSON with white space around it", `\n ${asJson} \n`],
    ["JSON with a known alg", JSON.stringify({ ...jwk, alg: "RS512" })],
  ])("take the key as %s", (_form, text) => {
    expect(problemsWith({ MASKINPORTEN_JWK: text })).toEqual([]);
  });

  it.each(["https://maskinporten.no", "https://maskinporten.no/", " https://maskinporten.no "])(
    "complete the issuer, which goes letter for letter into each grant: %j",
    (issuer) => {
      const { maskinporten } = settingsOf(readSettings({ ...good, MASKINPORTEN_ISSUER: issuer }));
      expect(maskinporten.issuer).toBe("https://maskinporten.no/");
    },
  );

  it("leave out an empty value and white space", () => {
    expect(problemsWith({ STATUS_QUEUES: " ", FOLLOW_DAYS: "", ALTINN_ENVIRONMENT: " tt02 " })).toEqual([]);
  });
});

describe("bad settings", () => {
  const d = jwk.d ?? "";
  it.each<[string, string | undefined, RegExp]>([
    ["ALTINN_RESOURCES", undefined, /missing/],
    ["ALTINN_RESOURCES", ",", /at least one/],
    ["ALTINN_RESOURCES", "good, bad/id", /resource ids/],
    ["ALTINN_ENVIRONMENT", undefined, /missing/],
    ["ALTINN_ENVIRONMENT", "TT02x", /tt02 or production/],
    ["ALTINN_SUBSCRIPTION_KEY", undefined, /missing/],
    ["ALTINN_SUBSCRIPTION_KEY", "two words", /white space/],
    [
      "ALTINN_SUBSCRIPTION_KEY",
      "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)",
      /Azure has not resolved.*azd hooks run postdeploy/,
    ],
    ["ALTINN_PLATFORM_URL", "http://platform.altinn.no", /https/],
    ["ALTINN_PLATFORM_URL", "http://127.0.0.1.example.com", /https/],
    ["ALTINN_PLATFORM_URL", "https://user:word@platform.altinn.no", /https/],
    ["ALTINN_PLATFORM_URL", "https://platform.altinn.no/?a", /without/],
    ["MASKINPORTEN_ISSUER", "maskinporten.no", /https/],
    ["MASKINPORTEN_CLIENT_ID", undefined, /missing/],
    ["MASKINPORTEN_JWK", undefined, /missing/],
    ["MASKINPORTEN_JWK", "not a key", /private JWK/],
    ["MASKINPORTEN_JWK", JSON.stringify({ ...publicKey.export({ format: "jwk" }), kid: "k" }), /public/],
    ["MASKINPORTEN_JWK", JSON.stringify({ ...jwk, kid: undefined }), /kid/],
    ["MASKINPORTEN_JWK", JSON.stringify({ ...jwk, kty: "EC" }), /RSA/],
    ["MASKINPORTEN_JWK", JSON.stringify({ ...jwk, alg: "PS256" }), /alg/],
    ["MASKINPORTEN_JWK", JSON.stringify({ ...jwk, q: undefined }), /whole/],
    ["MASKINPORTEN_JWK", JSON.stringify({ ...jwk, n: "AQAB" }), /whole|short/],
    ["MASKINPORTEN_SCOPES", 'a "b"', /scopes/],
    ["MASKINPORTEN_CONSUMER_ORG", "31000000", /nine digits/],
    ["MASKINPORTEN_SYSTEM_USER_ORG", "0192:310000000", /nine digits/],
    ["STATUS_QUEUES", "Upper", /queue names/],
    ["STATUS_QUEUES", "two--hyphens", /queue names/],
    ["STATUS_QUEUES", "correspondence-requests", /own queues/],
    ["STATUS_QUEUES", "case-system-status:base32", /:raw or :base64/],
    ["STATUS_QUEUES", "case-system-status:base64:raw", /:raw or :base64/],
    ["STATUS_QUEUES", "case-system-status:base64, case-system-status", /two encodings/],
    ["STATUS_QUEUE_ENCODING", "utf8", /raw or base64/],
    ["CHECK_SCHEDULE", "*/15 * * * *", /six fields/],
    ["CHECK_SCHEDULE", "0 */15 * * * Fun", /day of week must be 0 to 6/],
    ["CHECK_SCHEDULE", "0 1-2-3 * * * *", /minute must be 0 to 59/],
    ["GIVE_UP_AFTER_HOURS", "0", /number from/],
    ["GIVE_UP_AFTER_HOURS", "1e3", /number from/],
    ["FOLLOW_DAYS", "-1", /number from/],
    ["CONFIRM_EVENTS", "yes", /true or false/],
    ["UNKNOWN_FIELDS", "warn", /refuse, refuse-near or pass/],
    ["ALTINN_EVENTS_ADDRESSES", "platform.altinn.no", /CIDR/],
    ["ALTINN_EVENTS_ADDRESSES", "192.0.2.1, 192.0.2.0/33", /CIDR/],
    ["ALTINN_EVENTS_ADDRESSES", ",", /CIDR/],
    ["CORRESPONDENCE_STORAGE", undefined, /missing/],
    ["CORRESPONDENCE_STORAGE", "AccountName=a", /connection string/],
  ])("%s = %s", (key, value, rule) => {
    const problems = problemsWith({ [key]: value });
    expect(problems.map((problem) => problem.key)).toEqual([key]);
    expect(problems[0]?.problem).toMatch(rule);
    if (value !== undefined && value.length > 2) expect(problems[0]?.problem).not.toContain(value);
  });

  it("are short keys", () => {
    const short = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({ format: "jwk" });
    expect(problemsWith({ MASKINPORTEN_JWK: JSON.stringify({ ...short, kid: "k" }) })[0]?.problem).toMatch(/short/);
  });

  it.each([
    "https://vault.vault.azure.net/keys/maskinporten",
    "http://vault.vault.azure.net/keys/maskinporten/0123456789abcdef0123456789abcdef",
    "https://user@vault.vault.azure.net/keys/maskinporten/0123456789abcdef0123456789abcdef",
    "https://vault.vault.azure.net/secrets/maskinporten/0123456789abcdef0123456789abcdef",
  ])("are keys in a vault that name no key, or no version of one: %s", (keyId) => {
    const [problem, ...more] = problemsWith({ MASKINPORTEN_JWK: undefined, MASKINPORTEN_KEY_VAULT_KEY: keyId });
    expect(more).toEqual([]);
    expect(problem).toEqual({ key: "MASKINPORTEN_KEY_VAULT_KEY", problem: expect.stringMatching(/with its version/) });
  });

  it("are two keys", () => {
    const keyId = "https://vault.vault.azure.net/keys/maskinporten/0123456789abcdef0123456789abcdef";
    const both = problemsWith({ MASKINPORTEN_KEY_VAULT_KEY: keyId });
    expect(both).toEqual([{ key: "MASKINPORTEN_JWK", problem: expect.stringContaining("choose one") }]);
    expect(problemsWith({ MASKINPORTEN_KEY_VAULT_KEY: keyId, MASKINPORTEN_JWK: undefined })).toEqual([]);
  });

  it("are two forms of storage at once, and half of one", () => {
    const uri = "https://account.queue.core.windows.net";
    const both = problemsWith({ CORRESPONDENCE_STORAGE__queueServiceUri: uri });
    expect(both).toEqual([{ key: "CORRESPONDENCE_STORAGE", problem: expect.stringContaining("choose one") }]);
    const half = problemsWith({ CORRESPONDENCE_STORAGE: undefined, CORRESPONDENCE_STORAGE__queueServiceUri: uri });
    expect(half).toEqual([{ key: "CORRESPONDENCE_STORAGE__blobServiceUri", problem: "is missing." }]);
  });

  it("are all named at once, and no value is shown", () => {
    const bad = Object.fromEntries(
      settingsTable.map(({ name }) => [name, `wrong "${name.toLowerCase()} 12345678901"`]),
    );
    const read = readSettings({ ...bad, CORRESPONDENCE_STORAGE: "wrong", MASKINPORTEN_JWK: asJson.replace(d, "!") });
    if (read.ok) throw new Error("Everything was wrong.");
    const named = read.problems.map(({ key }) => key);
    const storage = (name: string) => name.startsWith("CORRESPONDENCE_STORAGE");
    const expected = settingsTable.map(({ name }) => name).filter((name) => !storage(name));
    expect(named.filter((name) => !storage(name)).toSorted()).toEqual(expected.toSorted());
    expect(named).toContain("CORRESPONDENCE_STORAGE");
    const shown = JSON.stringify(read.problems);
    for (const part of ["wrong", "12345678901", jwk.n, jwk.p]) expect(shown).not.toContain(part);
  });

  it("are all named when nothing is set", () => {
    const read = readSettings({});
    const named = read.ok ? [] : read.problems.map(({ key }) => key);
    const needed = settingsTable.filter((setting) => setting.required).map(({ name }) => name);
    expect(named.toSorted()).toEqual([...needed, "CORRESPONDENCE_STORAGE", "MASKINPORTEN_JWK"].toSorted());
  });
});
