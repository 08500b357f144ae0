// Names across files: the queues, containers and app settings of the code are those of Bicep, and the other way round.
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { addressesOf } from "../../shared/altinn/environments.ts";
import { readSettings } from "../../shared/settings/settings.ts";
import { settingsTable } from "../../shared/settings/settingsTable.ts";
import { ALL_CONTAINERS, ALL_QUEUES, CONTAINERS, DOCUMENTS, FOLDERS, recordName } from "../../shared/storage/names.ts";
import { type BicepFile, isObject, readInfra, textOf, texts } from "./bicep.ts";

const files = await readInfra();

function file(path: string): BicepFile {
  const found = files.get(path);
  if (found === undefined) throw new Error(`There is no infra/${path}`);
  return found;
}

const shared = file("shared.bicep");
const storage = file("modules/dataStorage.bicep");
const app = file("modules/app.bicep");

describe("queues and containers", () => {
  it("are those that the code uses, poison queues included", () => {
    expect(texts(storage.variables.get("queueNames")).toSorted()).toEqual(ALL_QUEUES.toSorted());
    expect(texts(storage.variables.get("containerNames")).toSorted()).toEqual(ALL_CONTAINERS.toSorted());
  });

  it("are made in the account that the app is told of", () => {
    const made = storage.resources.map(({ type }) => type);
    expect(made).toContain("Microsoft.Storage/storageAccounts/queueServices/queues");
    expect(made).toContain("Microsoft.Storage/storageAccounts/blobServices/containers");
  });

  it("expire in the end, every container, and the app's marker never", () => {
    const records = texts(storage.variables.get("recordPrefixes"));
    const policy = storage.resources.find(({ type }) => type.endsWith("/managementPolicies"))?.body.properties;
    const rules = JSON.stringify(policy);
    const contents = [...rules.matchAll(/"prefixMatch":\["([^"]+)"\]/g)].map(([, prefix = ""]) => prefix);
    expect(contents).toHaveLength(5);
    const prefixes = [...records, ...contents];
    const covered = new Set(prefixes.map((prefix) => prefix.split("/")[0]));
    expect([...covered].toSorted()).toEqual(ALL_CONTAINERS.toSorted());
    const folders = Object.values(FOLDERS)
      // Figures outlive the records that they were counted from.
      .filter((folder) => folder !== FOLDERS.figures)
      .map((folder) => `${CONTAINERS.state}/${folder}/`);
    // Former versions wrote another.
    expect(records.toSorted()).toEqual([...folders, `${CONTAINERS.state}/uploads/`].toSorted());
    for (const kept of [...Object.values(DOCUMENTS), recordName(FOLDERS.figures, "2030-01-01")]) {
      const path = `${CONTAINERS.state}/${kept}`;
      expect(prefixes.filter((prefix) => path.startsWith(prefix))).toEqual([]);
    }
    expect(rules.match(/daysAfterLastAccessTimeGreaterThan/g)).toHaveLength(1);
    expect(storage.resources.find(({ type }) => type.endsWith("/blobServices"))?.body.properties).toMatchObject({
      lastAccessTimeTrackingPolicy: { enable: true, blobType: ["blockBlob"] },
    });
    // Azure takes ten prefixes for a rule.
    expect(records.length).toBeLessThanOrEqual(10);
  });
});

describe("app settings", () => {
  const fixed = app.variables.get("fixedSettings");
  if (!isObject(fixed)) throw new Error("fixedSettings is no object");
  const optional = shared.types.get("optionalSettings") ?? [];
  // One of the two, by whether there is a key in the vault (app.bicep, keySetting).
  const keys = ["MASKINPORTEN_JWK", "MASKINPORTEN_KEY_VAULT_KEY"];
  const isAzures = (name: string) =>
    /^(AzureWebJobsStorage__|APPLICATIONINSIGHTS_|AZURE_CLIENT_ID$|FUNCTIONS_REQUEST_BODY_SIZE_LIMIT$)/.test(name);
  const known = settingsTable.map(({ name }) => name);

  it("of the code are all set, or can be, save the connection string, since storage has no keys", () => {
    // With the sign-in that it relies on (app.bicep, dashboardSetting).
    expect(textOf(app.variables.get("dashboardSetting"))).toContain("DASHBOARD_AUTH");
    const settable = new Set([...Object.keys(fixed), ...optional, ...keys, "DASHBOARD_AUTH"]);
    expect(known.filter((name) => !settable.has(name))).toEqual(["CORRESPONDENCE_STORAGE"]);
  });

  it("of Bicep are all read by the code, or by Azure", () => {
    const set = [...Object.keys(fixed), ...optional];
    expect(set.filter((name) => !isAzures(name) && !known.includes(name))).toEqual([]);
    expect(textOf(app.variables.get("keySetting"))).toContain(keys[0]);
    expect(textOf(app.variables.get("keySetting"))).toContain(keys[1]);
  });

  it("that must be set are no one's choice to leave out", () => {
    const required = settingsTable.filter((setting) => setting.required).map(({ name }) => name);
    expect(required.filter((name) => !(name in fixed))).toEqual([]);
  });

  it("that are secret are references to the vault", () => {
    const secret = settingsTable.filter((setting) => setting.secret && setting.name in fixed);
    expect(secret.map(({ name }) => textOf(fixed[name]))).toEqual(["altinnSubscriptionKeyReference"]);
    expect(textOf(app.variables.get("keySetting"))).toContain("MASKINPORTEN_JWK: maskinportenJwkReference");
  });

  it("leave out what Flex Consumption does not take", () => {
    const all = [...Object.keys(fixed), ...optional];
    const forbidden = [
      "FUNCTIONS_WORKER_RUNTIME",
      "FUNCTIONS_EXTENSION_VERSION",
      "WEBSITE_RUN_FROM_PACKAGE",
      "SCM_DO_BUILD_DURING_DEPLOYMENT",
      "TZ",
      "WEBSITE_TIME_ZONE",
      "AzureWebJobsStorage",
    ];
    expect(all.filter((name) => forbidden.includes(name))).toEqual([]);
  });

  it("name the identity wherever an identity is used", () => {
    for (const connection of ["AzureWebJobsStorage", "CORRESPONDENCE_STORAGE"]) {
      expect(fixed[`${connection}__credential`]).toBe("managedidentity");
      expect(textOf(fixed[`${connection}__clientId`])).toBe("identityClientId");
    }
    expect(textOf(fixed.AZURE_CLIENT_ID)).toBe("identityClientId");
  });

  it("are taken by the app, as Azure would hand them out", () => {
    const outputs: Readonly<Record<string, string>> = {
      identityClientId: "0193b2c1-0000-7000-8000-000000000001",
      insightsConnectionString: "InstrumentationKey=0",
      hostBlobEndpoint: "https://sthost.blob.core.windows.net/",
      hostQueueEndpoint: "https://sthost.queue.core.windows.net/",
      hostTableEndpoint: "https://sthost.table.core.windows.net/",
      dataQueueEndpoint: "https://stdata.queue.core.windows.net/",
      dataBlobEndpoint: "https://stdata.blob.core.windows.net/",
      altinnEnvironment: "production",
      altinnResources: "decisions, invoices",
      altinnSubscriptionKeyReference: "subscription-key",
      maskinportenClientId: "client",
      "join(statusQueues, ',')": "status-a:base64,status-b",
    };
    const values = Object.entries(fixed).map(([name, value]) => {
      const text = textOf(value);
      return [name, outputs[text] ?? text] as const;
    });
    const read = readSettings({
      ...Object.fromEntries(values),
      MASKINPORTEN_KEY_VAULT_KEY: `https://kv.vault.azure.net/keys/maskinporten/${"0".repeat(32)}`,
    });
    expect(read).toMatchObject({
      ok: true,
      settings: {
        storage: { kind: "identity", queueServiceUri: "https://stdata.queue.core.windows.net" },
        resources: ["decisions", "invoices"],
        statusQueues: [{ name: "status-a", encoding: "base64" }, { name: "status-b" }],
        eventSources: [addressesOf("production").eventsAddress],
      },
    });
  });
});

describe("what azd keeps in its environment", () => {
  it("has all that its hooks ask for", async () => {
    const outputs = file("main.bicep").outputs;
    for (const name of ["postdeploy.sh", "postdeploy.ps1"]) {
      const text = await readFile(new URL(`../../infra/hooks/${name}`, import.meta.url), "utf8");
      const asked = new Set(text.match(/\bAZURE_[A-Z_]+\b/g));
      expect(asked.size).toBeGreaterThan(0);
      // azd itself knows the subscription.
      expect([...asked].filter((each) => !outputs.includes(each))).toEqual(["AZURE_SUBSCRIPTION_ID"]);
    }
  });
});
