// What the doctor makes of what it sees: the findings that need no network.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  answeredResource,
  refusedResource,
  subscriptionFindings,
  tokenFindings,
} from "../../cli/altinn/doctor/altinnCheck.ts";
import { clockFinding } from "../../cli/altinn/doctor/clockCheck.ts";
import type { Finding } from "../../cli/altinn/doctor/finding.ts";
import { checkReferences } from "../../cli/altinn/doctor/referencesCheck.ts";
import { checkSettings } from "../../cli/altinn/doctor/settingsCheck.ts";
import { healthFinding, webhookFinding } from "../../cli/altinn/doctor/webhookCheck.ts";
import { endPointOf, lookAt } from "../../cli/altinn/subscriptionPlan.ts";
import type { TokenFailure } from "../../shared/altinn/accessToken.ts";
import type { CallFailure } from "../../shared/altinn/httpCall.ts";

const short = ({ check, result }: Finding) => `${result} ${check}`;

it.each([
  [[], "skipped"],
  [[0, 700, -900], "ok"],
  [[-5_000], "warning"],
  [[300, 10_600], "failed"],
  [[-3_600_000, 200], "failed"],
])("a clock that is off by %j ms: %s", (skews, result) => {
  expect(clockFinding(skews).result).toBe(result);
});

describe("the webhook, asked without a key", () => {
  it.each([
    [undefined, "failed"],
    [401, "ok"],
    [403, "warning"],
    [404, "failed"],
    [502, "failed"],
    [200, "failed"],
    [400, "failed"],
  ])("%s: %s", (status, result) => {
    const finding = webhookFinding(status === undefined ? undefined : { status });
    expect(finding.result).toBe(result);
    expect(finding.mend === undefined).toBe(result === "ok");
  });
});

it("a webhook that is not there may be an app that waits for its secrets", () => {
  expect(webhookFinding({ status: 404 }).mend).toContain("azd hooks run postdeploy");
});

describe("references to secrets, as Azure sees them", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "references-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function findings(content: string) {
    const file = join(directory, "references.json");
    await writeFile(file, content);
    return checkReferences(file);
  }
  const listed = (statuses: Readonly<Record<string, string>>) =>
    JSON.stringify({ value: Object.entries(statuses).map(([name, status]) => ({ name, properties: { status } })) });

  it("all read: well", async () => {
    const found = await findings(listed({ ALTINN_SUBSCRIPTION_KEY: "Resolved", MASKINPORTEN_JWK: "Resolved" }));
    expect(found.map(short)).toEqual(["ok references"]);
  });

  it.each([
    ["SecretNotFound", /Put the secret into the vault/],
    ["AccessToKeyVaultDenied", /Key Vault Secrets User/],
    ["OtherReasons", /name a secret/],
  ])("%s: failed, with what to do, and what has Azure look again", async (status, mend) => {
    const found = await findings(listed({ ALTINN_SUBSCRIPTION_KEY: status, MASKINPORTEN_JWK: "Resolved" }));
    expect(found.map(short)).toEqual(["failed reference ALTINN_SUBSCRIPTION_KEY"]);
    expect(found[0]?.what).toContain(status);
    expect(found[0]?.mend).toMatch(mend);
    expect(found[0]?.mend).toContain("azd hooks run postdeploy");
  });

  it.each(["", "{}", '[{ "name": "ALTINN_RESOURCES" }]'])("is no such list: %j", async (content) => {
    await expect(findings(content)).rejects.toThrow(/is not what Azure says of references/);
  });
});

it("a setting that still is a reference says so, and what to do", () => {
  const reference = "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s/)";
  const found = checkSettings({ env: { ALTINN_SUBSCRIPTION_KEY: reference }, from: "environment", unresolved: [] });
  const finding = found.find(({ check }) => check === "setting ALTINN_SUBSCRIPTION_KEY");
  expect(finding?.what).toContain("Azure has not resolved");
  expect(finding?.mend).toContain("azd hooks run postdeploy");
});

describe("health", () => {
  const well = { healthy: true, storage: "ok", token: "ok", altinn: "ok", sending: "ok" };

  it.each([
    [undefined, "failed"],
    [{ status: 401 }, "failed"],
    [{ status: 200, json: "<html>" }, "failed"],
    [{ status: 200, json: well }, "ok"],
    [{ status: 200, json: { ...well, sending: "stopped: the emergency brake is on (operator)" } }, "warning"],
    [{ status: 200, json: { ...well, events: "missing: in the last day checks found 20 statuses" } }, "warning"],
    [{ status: 503, json: { ...well, healthy: false, storage: "fails with ENOTFOUND" } }, "failed"],
  ])("%j: %s", (answer, result) => {
    expect(healthFinding(answer).result).toBe(result);
  });
});

describe("no token", () => {
  const failure = (values: Partial<TokenFailure>): TokenFailure => ({
    kind: "failed",
    call: "POST maskinporten token",
    cause: "token",
    isSetUp: true,
    ...values,
  });

  it.each<[Partial<TokenFailure>, string[], RegExp]>([
    [{ call: "GET maskinporten metadata" }, ["failed Maskinporten"], /MASKINPORTEN_ISSUER/],
    [{ call: "sign grant", status: 403 }, ["failed signing"], /Crypto User/],
    [{ call: "sign grant", status: 404 }, ["failed signing"], /exist/],
    [{ status: 400, oauthError: "invalid_grant" }, ["failed Maskinporten"], /key -- export-public|export-public/],
    [{ status: 400, oauthError: "invalid_client" }, ["failed Maskinporten"], /MASKINPORTEN_CLIENT_ID/],
    [
      { call: "GET altinn token exchange", status: 401 },
      ["ok Maskinporten", "failed Altinn's exchange"],
      /SUBSCRIPTION_KEY/,
    ],
  ])("%j", (values, expected, mend) => {
    const findings = tokenFindings(failure(values));
    expect(findings.map(short)).toEqual(expected);
    expect(findings.at(-1)?.mend).toMatch(mend);
  });
});

it.each<[Partial<CallFailure>, RegExp]>([
  [{ status: 401, errorCode: 4001 }, /own the resource/],
  [{ status: 401 }, /SUBSCRIPTION_KEY/],
  [{ status: 403 }, /scopes/],
  [{ status: 451 }, /set the organisation up/],
  [{ status: 503 }, /later/],
  [{ cause: "timeout" }, /later/],
])("a resource that is refused with %j says what to do", (values, mend) => {
  const failure: CallFailure = { kind: "failed", call: "GET /correspondence", cause: "status", ...values };
  expect(refusedResource("letters", failure)).toMatchObject({ result: "failed", mend: expect.stringMatching(mend) });
});

it("subscriptions: those that are missing fail, those that wait or match nothing are warned of", () => {
  const webhook = { app: "https://app.example.test", key: "a-key" };
  const common = { endPoint: endPointOf(webhook), validated: true };
  const seen = lookAt(
    [
      { ...common, id: 1, resourceFilter: "urn:altinn:resource:letters" },
      { ...common, id: 2, resourceFilter: "urn:altinn:resource:invoices", validated: false },
      { ...common, id: 3, resourceFilter: "urn:altinn:resource:letters", typeFilter: "" },
    ],
    webhook,
    ["letters", "invoices", "archive"],
  );
  expect(subscriptionFindings(seen, ["letters", "invoices", "archive"]).map(short)).toEqual([
    "ok subscription letters",
    "warning subscription invoices",
    "failed subscription archive",
    "warning subscription 3",
  ]);
  const [ofSender] = subscriptionFindings([], ["letters"], undefined, "oslo");
  expect(JSON.stringify(ofSender)).toContain("subscriptions create --sender oslo");
});

it("letters under a key that none can have mean that the query does not reach Altinn as it was asked", () => {
  expect(answeredResource("letters", { kind: "none" })).toMatchObject({ result: "ok" });
  expect(answeredResource("letters", { kind: "several" })).toMatchObject({ result: "failed" });
  expect(answeredResource("letters", { kind: "found", correspondenceId: "any" })).toMatchObject({ result: "failed" });
});
