// The parameters of main.bicep: all of them can be set with azd, none of a trial costs what only production needs, and a name
// that some resource would be refused for is refused at the beginning.
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { settingsTable } from "../../shared/settings/settingsTable.ts";
import { azdTemplates, azdValues } from "./azdParameters.ts";
import { readInfra, textOf } from "./bicep.ts";
import { compilerSays, hasBicep, type PredictedResource, predict } from "./bicepCompiler.ts";

const main = (await readInfra()).get("main.bicep");
if (main === undefined) throw new Error("There is no infra/main.bicep");
const { parameters, variables } = main;
const templates = await azdTemplates();

const variable = (name: string, otherwise?: string) => `\${${name}${otherwise === undefined ? "" : `=${otherwise}`}}`;

/** Those that azd knows something of by itself, and the one that says that this is a trial. */
const WITH_DEFAULT: Readonly<Record<string, string>> = {
  environmentName: variable("AZURE_ENV_NAME"),
  location: variable("AZURE_LOCATION", "norwayeast"),
  operatorPrincipalId: variable("OPERATOR_PRINCIPAL_ID", variable("AZURE_PRINCIPAL_ID")),
  operatorPrincipalType: variable("OPERATOR_PRINCIPAL_TYPE", variable("AZURE_PRINCIPAL_TYPE")),
  altinnEnvironment: variable("ALTINN_ENVIRONMENT", "tt02"),
};
const inCapitals = (name: string) => name.replace(/([a-z])([A-Z])/g, "$1_$2").toUpperCase();

/** What azd knows by itself, and what it would ask for. */
const LEAST = {
  AZURE_ENV_NAME: "letters-test",
  AZURE_PRINCIPAL_ID: "0193b2c1-0000-7000-8000-000000000001",
  AZURE_PRINCIPAL_TYPE: "User",
  ALTINN_RESOURCES: "letters",
  MASKINPORTEN_CLIENT_ID: "client",
  ALERT_EMAILS: "drift@example.no",
};
const valuesWith = (environment: Readonly<Record<string, string>>) =>
  azdValues(templates, parameters, { ...LEAST, ...environment });

describe("with azd", () => {
  it("every parameter can be set, by its own name in capitals; other defaults stand in main.bicep alone", () => {
    const expected = parameters.map(({ name }) => [name, WITH_DEFAULT[name] ?? variable(inCapitals(name))]);
    expect(templates).toEqual(Object.fromEntries(expected));
  });

  it("a trial sets what is asked for, and nothing else", () => {
    expect(valuesWith({})).toEqual({
      environmentName: "letters-test",
      location: "norwayeast",
      altinnEnvironment: "tt02",
      altinnResources: "letters",
      maskinportenClientId: "client",
      operatorPrincipalId: "0193b2c1-0000-7000-8000-000000000001",
      operatorPrincipalType: "User",
      alertEmails: "drift@example.no",
    });
  });

  it("an empty value is not the default", () => {
    expect(() => valuesWith({ ZONE_REDUNDANT: "" })).toThrow();
    expect(() => valuesWith({ KEEP: "" })).toThrow();
    expect(valuesWith({ RESOURCE_GROUP_NAME: "" })).toMatchObject({ resourceGroupName: "" });
  });

  it("values have their types", () => {
    const group = "0193b2c1-0000-7000-8000-000000000002";
    const values = valuesWith({
      ALTINN_ENVIRONMENT: "production",
      OPERATOR_PRINCIPAL_ID: group,
      OPERATOR_PRINCIPAL_TYPE: "Group",
      ZONE_REDUNDANT: "false",
      ALWAYS_READY_INSTANCES: "2",
      PRODUCERS: '[{ "principalId": "0193b2c1-0000-7000-8000-000000000003", "principalType": "ServicePrincipal" }]',
      SETTINGS: '{ "MAX_LETTERS_PER_HOUR": "5000" }',
      KEEP: '{ "records": 1095, "contents": 365, "deleted": 30, "logs": 90 }',
    });
    expect(values).toMatchObject({
      operatorPrincipalId: group,
      operatorPrincipalType: "Group",
      zoneRedundant: false,
      alwaysReadyInstances: 2,
      producers: [{ principalType: "ServicePrincipal" }],
      settings: { MAX_LETTERS_PER_HOUR: "5000" },
      keep: { logs: 90 },
    });
  });
});

it("infra/README.md explains every parameter, and no others", async () => {
  const guide = await readFile(new URL("../../infra/README.md", import.meta.url), "utf8");
  const table = guide.slice(guide.indexOf("## Parameters"), guide.indexOf("\n## ", guide.indexOf("## Parameters") + 1));
  const named = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = ""]) => cell.match(/(?<=`)\w+(?=`)/g) ?? []);
  expect(named.toSorted()).toEqual(parameters.map(({ name }) => name).toSorted());
});

it("docs/storage.md says how long things are kept by default, and for each kind", async () => {
  const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
  const [text, guide] = await Promise.all([read("infra/main.bicep"), read("docs/storage.md")]);
  const [production = {}, elsewhere = {}] = [...text.matchAll(/[?:] \{ (records: .*) \}$/gm)].map(([, fields = ""]) =>
    Object.fromEntries([...fields.matchAll(/(\w+): (\d+)/g)].map(([, name = "", days = ""]) => [name, days])),
  );
  const said = [...guide.matchAll(/^\| .* \| `(?:keep\.)?(\w+)` \| (\d+)(?:, (\d+))? \|/gm)].map(([, ...row]) => row);
  const expected: (string | undefined)[][] = said.map(([name = "", _here, other]) =>
    other === undefined
      ? [name, settingsTable.find((setting) => setting.name === name)?.default, undefined]
      : [name, production[name], elsewhere[name] ?? elsewhere.contents],
  );
  expect(said).toEqual(expected);
  const kinds = said.map(([name]) => name);
  for (const name of Object.keys(production)) {
    if (name !== "logs" && name !== "contents") expect(kinds).toContain(name);
  }
  const deleting = settingsTable.map((setting) => setting.name).filter((name) => name.startsWith("DELETE_"));
  expect(kinds.filter((name) => name?.startsWith("DELETE_")).toSorted()).toEqual(deleting.toSorted());
});

it("no secret has a default", () => {
  const secrets = parameters.filter(({ isSecure }) => isSecure).map(({ name }) => name);
  expect(secrets).toEqual(["altinnSubscriptionKey", "maskinportenJwk"]);
  expect(secrets.filter((name) => templates[name]?.includes("="))).toEqual([]);
});

it("names of resources are made of the name that was looked at", async () => {
  const text = await readFile(new URL("../../infra/main.bicep", import.meta.url), "utf8");
  expect(text.match(/'.*\$\{environmentName\}.*'/g)).toEqual([`'rg-${variable("environmentName")}'`]);
  expect(textOf(variables.get("name"))).toMatch(/^isLegal\s*\? environmentName\s*: fail\('.*hyphens/s);
  expect(textOf(variables.get("strangeSigns"))).toContain(
    "!contains('abcdefghijklmnopqrstuvwxyz0123456789-', toLower(",
  );
});

/** By Azure, "Naming rules and restrictions for Azure resources". */
const NAMES: Readonly<Record<string, RegExp>> = {
  "Microsoft.Resources/resourceGroups": /^[\w.()-]{1,89}[\w()-]$/,
  "Microsoft.ManagedIdentity/userAssignedIdentities": /^[a-z0-9][\w-]{2,127}$/i,
  "Microsoft.OperationalInsights/workspaces": /^[a-z0-9][a-z0-9-]{2,61}[a-z0-9]$/i,
  "Microsoft.Insights/components": /^[^%&\\?/]{1,260}$/,
  "Microsoft.Storage/storageAccounts": /^[a-z0-9]{3,24}$/,
  "Microsoft.KeyVault/vaults": /^(?!.*--)[a-z][a-z0-9-]{1,22}[a-z0-9]$/i,
  "Microsoft.Web/serverfarms": /^[a-z0-9-]{1,60}$/i,
  "Microsoft.Web/sites": /^[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$/i,
  "Microsoft.Insights/actionGroups": /^[^:<>+/&%\\?|]{1,259}[^:<>+/&%\\?| .]$/,
  "Microsoft.Insights/scheduledQueryRules": /^[^*<>%{}&:\\?/#|]{1,260}$/,
  "Microsoft.Insights/metricAlerts": /^[^*#&+:<>?@%{}\\/|]{1,260}$/,
};

const compiler = await hasBicep();

it(`Bicep's compiler is ${compiler ? "on the path: what follows is tried with it" : "not on the path: nothing is tried with it"}`, () => {
  expect(typeof compiler).toBe("boolean");
});

describe.each(compiler ? ["Bicep's compiler"] : [])("%s", () => {
  async function madeWith(environment: Readonly<Record<string, string>>) {
    const prediction = await predict(valuesWith(environment));
    if (!prediction.ok) throw new Error(prediction.why);
    return prediction.resources;
  }
  const one = (resources: readonly PredictedResource[], type: string) => {
    const found = resources.find((resource) => resource.type === type);
    if (found === undefined) throw new Error(`There is no ${type}`);
    return found;
  };

  it("has no warning", async () => {
    expect(await compilerSays()).toBe("");
  });

  it("a trial has no zones, no instance that is always ready, and keeps little; its names are legal", async () => {
    const made = await madeWith({ AZURE_ENV_NAME: "a".repeat(20) });
    const named = made.filter(({ type }) => type in NAMES);
    expect(new Set(named.map(({ type }) => type))).toEqual(new Set(Object.keys(NAMES)));
    expect(named.filter(({ type, name }) => NAMES[type]?.test(name) !== true)).toEqual([]);
    expect(one(made, "Microsoft.Web/serverfarms").properties).toMatchObject({ zoneRedundant: false });
    expect(one(made, "Microsoft.Web/sites").properties).toMatchObject({
      functionAppConfig: { scaleAndConcurrency: { alwaysReady: [] } },
    });
    expect(one(made, "Microsoft.Storage/storageAccounts").sku).toEqual({ name: "Standard_LRS" });
    expect(one(made, "Microsoft.OperationalInsights/workspaces").properties).toMatchObject({ retentionInDays: 30 });
  });

  it("production has both, unless told otherwise; what is set by itself leaves the rest alone", async () => {
    const made = await madeWith({
      ALTINN_ENVIRONMENT: "production",
      INSTANCE_MEMORY_MB: "512",
      VAULT_NAME: "kv-letters-2",
    });
    expect(one(made, "Microsoft.Web/serverfarms").properties).toMatchObject({ zoneRedundant: true });
    expect(one(made, "Microsoft.Web/sites").properties).toMatchObject({
      functionAppConfig: {
        scaleAndConcurrency: { instanceMemoryMB: 512, alwaysReady: [{ name: "http", instanceCount: 1 }] },
      },
    });
    expect(one(made, "Microsoft.Storage/storageAccounts").sku).toEqual({ name: "Standard_ZRS" });
    expect(one(made, "Microsoft.KeyVault/vaults").name).toBe("kv-letters-2");
  });

  it.each(["my_test", "-test", "påkrav"])("refuses the name %s, with the rule", async (name) => {
    const prediction = await predict(valuesWith({ AZURE_ENV_NAME: name }));
    expect(prediction).toEqual({ ok: false, why: expect.stringContaining("letters from a to z, digits, and hyphens") });
  });
});
