// Safe by default: what Bicep says of access, encryption and deletion, for every resource that it is true of.
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { isObject, type ObjectValue, type Resource, readInfra } from "./bicep.ts";

const files = await readInfra();
const resources = [...files].flatMap(([path, file]) => file.resources.map((resource) => ({ ...resource, path })));

function made(type: string): (Resource & { path: string })[] {
  const found = resources.filter((resource) => resource.type === type && !resource.isExisting);
  if (found.length === 0) throw new Error(`Nothing of the type ${type} is made`);
  return found;
}

function propertiesOf({ body }: Resource): ObjectValue {
  if (!isObject(body.properties)) throw new Error("It has no properties");
  return body.properties;
}

function labelled(type: string) {
  return made(type).map((resource) => [resource.path, propertiesOf(resource)] as const);
}

describe("storage accounts", () => {
  it("there are two: one for the host, one for the letters", () => {
    expect(made("Microsoft.Storage/storageAccounts")).toHaveLength(2);
  });

  it.each(labelled("Microsoft.Storage/storageAccounts"))(
    "%s: no keys, nothing public, TLS 1.2",
    (_path, properties) => {
      expect(properties).toMatchObject({
        allowSharedKeyAccess: false,
        allowBlobPublicAccess: false,
        allowCrossTenantReplication: false,
        defaultToOAuthAuthentication: true,
        minimumTlsVersion: "TLS1_2",
        supportsHttpsTrafficOnly: true,
      });
    },
  );

  it.each(labelled("Microsoft.Storage/storageAccounts/blobServices"))("%s: soft delete", (_path, properties) => {
    expect(properties).toMatchObject({
      deleteRetentionPolicy: { enabled: true },
      containerDeleteRetentionPolicy: { enabled: true },
    });
  });
});

describe("the vault", () => {
  it.each(labelled("Microsoft.KeyVault/vaults"))(
    "%s: roles alone, and nothing is gone for good",
    (_path, properties) => {
      expect(properties).toMatchObject({
        enableRbacAuthorization: true,
        enableSoftDelete: true,
        enablePurgeProtection: true,
      });
      expect(properties).not.toHaveProperty("accessPolicies");
    },
  );
});

describe("the app", () => {
  it.each(labelled("Microsoft.Web/sites"))("%s: HTTPS alone, TLS 1.2, Node 22", (_path, properties) => {
    expect(properties).toMatchObject({
      httpsOnly: true,
      siteConfig: {
        minTlsVersion: "1.2",
        scmMinTlsVersion: "1.2",
        remoteDebuggingEnabled: false,
      },
      functionAppConfig: { runtime: { name: "node", version: "22" } },
    });
  });

  it("takes no passwords for publishing", () => {
    const policies = made("Microsoft.Web/sites/basicPublishingCredentialsPolicies");
    expect(policies.map(({ body }) => [body.name, body.properties])).toEqual([
      ["ftp", { allow: false }],
      ["scm", { allow: false }],
    ]);
  });

  it("runs as an identity of its own", () => {
    const [app] = made("Microsoft.Web/sites");
    expect(app?.body.identity).toMatchObject({ type: "UserAssigned" });
  });
});

describe("logs", () => {
  it("are written by identities alone", () => {
    const [workspace] = labelled("Microsoft.OperationalInsights/workspaces");
    const [insights] = labelled("Microsoft.Insights/components");
    expect(workspace?.[1]).toMatchObject({ features: { disableLocalAuth: true } });
    expect(insights?.[1]).toMatchObject({ DisableLocalAuth: true });
  });

  it("are kept of the vault and of each storage account", () => {
    const paths = new Set(made("Microsoft.Insights/diagnosticSettings").map(({ path }) => path));
    expect(paths).toEqual(new Set(["modules/vault.bicep", "modules/hostStorage.bicep", "modules/dataStorage.bicep"]));
  });
});

it("infra/README.md names everything that can be reached from outside, and promises no more", async () => {
  const guide = await readFile(new URL("../../infra/README.md", import.meta.url), "utf8");
  const [, section = ""] = guide.split("\n## What can be reached from outside\n");
  const named = [...(section.split("\n## ")[0] ?? "").matchAll(/^\| `(\w+)` \|/gm)].map(
    ([, module]) => `modules/${module}.bicep`,
  );
  const types = ["Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults", "Microsoft.Web/sites"];
  const open = types
    .flatMap((type) => made(type))
    .filter((one) => propertiesOf(one).publicNetworkAccess !== "Disabled");
  expect(named.toSorted()).toEqual(open.map(({ path }) => path).toSorted());
  expect(guide).not.toMatch(/nothing is public/i);
});

it("everything is in one place, by default in Norway", async () => {
  const main = files.get("main.bicep");
  expect(main?.parameters).toContainEqual({ name: "location", type: "string", hasDefault: true, isSecure: false });
  const group = made("Microsoft.Resources/resourceGroups");
  expect(group).toHaveLength(1);
});
