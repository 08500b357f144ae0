// Who may do what: roles are Azure's own, each grant says what it is for, and each is on the smallest thing that will do.
import { describe, expect, it } from "vitest";
import { ALL_CONTAINERS, ALL_QUEUES, CONTAINERS, poisonQueueOf, QUEUES } from "../../shared/storage/names.ts";
import { isObject, type ObjectValue, readInfra, rows, textOf } from "./bicep.ts";

const files = await readInfra();
const access = files.get("modules/dataAccess.bicep");
const vault = files.get("modules/vault.bicep");
const shared = files.get("shared.bicep");
if (access === undefined || vault === undefined || shared === undefined) throw new Error("A module is gone");

/** Ids of built-in roles (Azure: "Azure built-in roles"), and what of the app, or of people, needs each. */
const ROLES: Readonly<Record<string, readonly [id: string, need: string]>> = {
  storageBlobDataOwner: ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "index tags; the host's own containers"],
  storageBlobDataContributor: [
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "accepted requests, claim checks; producers' files",
  ],
  storageBlobDataReader: ["2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", "attachments are read, never written"],
  storageTableDataContributor: ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", "the host's diagnostic events"],
  storageQueueDataContributor: ["974c5e8b-45b9-4653-ba55-5f855dd0fb88", "triggers set visibility and renew messages"],
  storageQueueDataReader: ["19e7f393-937e-4f77-808e-94535e297925", "health looks whether the status queue is there"],
  storageQueueDataMessageSender: ["c6a89b2d-59bc-44d0-9896-0f6e12d7b80a", "announcements; producers' requests"],
  storageQueueDataMessageProcessor: ["8a0f0c08-91a1-4084-bc3d-661d67233fed", "consumers take and delete"],
  keyVaultSecretsUser: ["4633458b-17de-408a-b874-0445c86b69e6", "references in app settings"],
  keyVaultSecretsOfficer: ["b86a8fe4-44ce-4948-aee5-eccb2c155cd7", "operators set the secrets"],
  keyVaultCryptoOfficer: ["14b46e9e-c2b7-41b4-b07b-48a6ebf60603", "operators make the key"],
  monitoringMetricsPublisher: ["3913510d-42f4-4e42-8a64-420c390055eb", "logs without a local key"],
};

/** Every table of grants, by the variable's name. */
const TABLES = [...access.variables, ...vault.variables].filter(
  ([, value]) => Array.isArray(value) && value.every(isObject),
);

it("the roles have their right ids, and each is needed for something", () => {
  const roles = shared.variables.get("roles");
  const ids = Object.fromEntries(Object.entries(ROLES).map(([name, [id]]) => [name, id]));
  expect(isObject(roles) ? roles : {}).toEqual(ids);
  const used = new Set(
    [...files.values()].flatMap(({ resources, variables }) =>
      [JSON.stringify([...variables.values()]), JSON.stringify(resources)].flatMap(
        (text) => text.match(/roles\.\w+/g) ?? [],
      ),
    ),
  );
  expect(Object.keys(ROLES).filter((name) => !used.has(`roles.${name}`))).toEqual([]);
});

it.each(TABLES)("each grant of %s says why", (_name, value) => {
  for (const grant of rows(value)) {
    expect(textOf(grant.role)).toMatch(/^roles\.\w+$/);
    expect(textOf(grant.why).length).toBeGreaterThan(10);
  }
});

it("each role assignment has a description, and a name that stays the same", () => {
  const assignments = [...files].flatMap(([path, { resources }]) =>
    resources
      .filter(({ type }) => type === "Microsoft.Authorization/roleAssignments")
      .map(({ body }) => ({ path, body })),
  );
  expect(assignments.length).toBeGreaterThan(8);
  for (const { path, body } of assignments) {
    const properties: ObjectValue = isObject(body.properties) ? body.properties : {};
    expect([path, textOf(properties.description)]).not.toEqual([path, ""]);
    expect([path, textOf(body.name)]).toEqual([path, expect.stringMatching(/^guid\(.+, .+, .+\)$/)]);
  }
});

describe("the app", () => {
  const grantsOn = (table: string, key: string) =>
    new Map(rows(access.variables.get(table)).map((grant) => [textOf(grant[key]), textOf(grant.role)]));

  it("has a role on each queue that it uses, and on each alone", () => {
    const queues = grantsOn("appOnQueues", "queue");
    expect([...queues.keys()].toSorted()).toEqual(ALL_QUEUES.toSorted());
    for (const name of [QUEUES.requests, QUEUES.dispatches, QUEUES.statusChecks]) {
      // Less than that cannot renew a message, and it is handled twice.
      expect(queues.get(name)).toBe("roles.storageQueueDataContributor");
      expect(queues.get(poisonQueueOf(name))).toBe("roles.storageQueueDataContributor");
    }
  });

  it("has a role on each container that it uses, and owns those with index tags alone", () => {
    const containers = grantsOn("appOnContainers", "container");
    expect([...containers.keys()].toSorted()).toEqual(ALL_CONTAINERS.toSorted());
    const owned = [...containers].filter(([, role]) => role === "roles.storageBlobDataOwner").map(([name]) => name);
    expect(owned.toSorted()).toEqual([CONTAINERS.deadLetters, CONTAINERS.state].toSorted());
  });

  it("reads and signs with its one key, and does nothing else with keys", () => {
    const bodyOf = (symbol: string) => vault.resources.find((resource) => resource.symbol === symbol)?.body;
    expect(bodyOf("signer")?.properties).toMatchObject({
      permissions: [
        {
          actions: [],
          dataActions: ["Microsoft.KeyVault/vaults/keys/read", "Microsoft.KeyVault/vaults/keys/sign/action"],
        },
      ],
    });
    const assignment = bodyOf("appSigns");
    expect(textOf(assignment?.scope)).toBe("signingKey");
    expect(textOf(isObject(assignment?.properties) ? assignment.properties.roleDefinitionId : undefined)).toBe(
      "signer.id",
    );
    expect(rows(vault.variables.get("appOnVault")).map(({ role }) => textOf(role))).toEqual([
      "roles.keyVaultSecretsUser",
    ]);
  });

  it("may do nothing with the whole account but put messages", () => {
    expect(rows(access.variables.get("appOnAccount")).map(({ role }) => textOf(role))).toEqual([
      "roles.storageQueueDataMessageSender",
    ]);
  });
});

describe("producers", () => {
  it("put requests, attachments and claim checks, and read no queue", () => {
    const queues = rows(access.variables.get("producersOnQueues"));
    expect(queues.map(({ queue, role }) => [queue, textOf(role)])).toEqual([
      [QUEUES.requests, "roles.storageQueueDataMessageSender"],
    ]);
    const containers = rows(access.variables.get("producersOnContainers")).map(({ container }) => textOf(container));
    expect(containers.toSorted()).toEqual([CONTAINERS.attachments, CONTAINERS.requests].toSorted());
  });
});
