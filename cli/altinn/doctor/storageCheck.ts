// Storage: reached as the settings say, with every queue and container that the app uses, and nothing left in poison queues.
import { type StorageAccess, type StorageClients, storageClients } from "../../../shared/storage/clients.ts";
import { ALL_CONTAINERS, ALL_QUEUES, CONTAINERS, DOCUMENTS, poisonQueueOf } from "../../../shared/storage/names.ts";
import { whereTag } from "../../../shared/storage/tags.ts";
import { type Finding, failed, ok, skipped, warning } from "./finding.ts";

/** A person waits. */
const OPTIONS = { retryOptions: { maxTries: 2, retryDelayInMs: 200, tryTimeoutInMs: 15_000 } };

/** What asking for one thing came to. */
export type Asked<T> = { readonly value: T } | { readonly error: unknown };

/** Asks for everything, and changes nothing. */
export async function checkStorage(access: StorageAccess, statusQueues: readonly string[]): Promise<Finding[]> {
  const clients = await storageClients(access, OPTIONS);
  const first = await ask(() => clients.queues.getProperties());
  const reached = await ask(() => clients.blobs.getContainerClient(CONTAINERS.state).exists());
  const reason = [first, reached].map((asked) => unreachable(asked)).find((found) => found !== undefined);
  if (reason !== undefined) {
    return [
      failed("storage", reason.what, reason.mend),
      skipped("queues", "storage is not reached"),
      skipped("containers", "storage is not reached"),
    ];
  }
  const how = access.kind === "identity" ? "by identity" : "by connection string";
  return [
    ok("storage", `reached ${how}`),
    ...(await checkQueues(clients, statusQueues)),
    ...(await checkContainers(clients)),
  ];
}

async function ask<T>(call: () => Promise<T>): Promise<Asked<T>> {
  return call().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

/** Why nothing at all will work; undefined if it will, or if only this was refused. */
function unreachable(asked: Asked<unknown>): { readonly what: string; readonly mend: string } | undefined {
  if ("value" in asked) return undefined;
  const { status, code, name } = describe(asked.error);
  if (/^Credential|Authentication(Required)?Error$|AggregateAuthentication/.test(name)) {
    return {
      what: "nobody is signed in to Azure here",
      mend: "az login, as someone with the app's roles on the account.",
    };
  }
  if (code === "AuthenticationFailed" || status === 401) {
    return {
      what: "the account does not take the key or the token",
      mend: "Check CORRESPONDENCE_STORAGE, and this machine's clock.",
    };
  }
  if (status === undefined) {
    return {
      what: `the account can't be reached${code === undefined ? "" : ` (${code})`}`,
      mend: "Check CORRESPONDENCE_STORAGE..., the network, and the account's firewall. Locally: is npm start running?",
    };
  }
  return undefined;
}

function describe(error: unknown): { readonly status?: number; readonly code?: string; readonly name: string } {
  if (!(error instanceof Error)) return { name: typeof error };
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : undefined;
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return {
    name: error.name,
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
  };
}

async function checkQueues({ queues }: StorageClients, statusQueues: readonly string[]): Promise<Finding[]> {
  const names = [...ALL_QUEUES, ...statusQueues];
  const counts = await Promise.all(
    names.map(async (name) => ({ name, asked: await ask(() => queues.getQueueClient(name).getProperties()) })),
  );
  const wrong = counts.flatMap(({ name, asked }) => {
    if ("error" in asked) return [refused(`queue ${name}`, asked.error, "Storage Queue Data Contributor")];
    const waiting = asked.value.approximateMessagesCount ?? 0;
    const isPoison = names.some((queue) => poisonQueueOf(queue) === name);
    if (!isPoison || waiting === 0) return [];
    const what = `some ${waiting} messages are in it`;
    return [
      warning(`queue ${name}`, what, "The app puts them back by itself. If they stay, look at its log for failures."),
    ];
  });
  return wrong.some(({ result }) => result === "failed")
    ? wrong
    : [ok("queues", `all ${names.length} are there`), ...wrong];
}

async function checkContainers({ blobs }: StorageClients): Promise<Finding[]> {
  const role = "Storage Blob Data Owner";
  const found = await Promise.all(
    ALL_CONTAINERS.map(async (name) => ({
      name,
      asked: await ask(() => blobs.getContainerClient(name).getProperties()),
    })),
  );
  const wrong = found.flatMap(({ name, asked }) =>
    "error" in asked ? [refused(`container ${name}`, asked.error, role)] : [],
  );
  if (wrong.length > 0) return wrong;
  const state = blobs.getContainerClient(CONTAINERS.state);
  const tags = await ask(async () => {
    for await (const page of state.findBlobsByTags(whereTag("day", "=", "none")).byPage()) return page;
    return undefined;
  });
  const marker = await ask(() => state.getBlobClient(DOCUMENTS.marker).exists());
  return [
    ok("containers", `all ${ALL_CONTAINERS.length} are there`),
    "error" in tags
      ? refused("index tags", tags.error, `${role} on ${CONTAINERS.state}`)
      : ok("index tags", "may be searched"),
    ...("error" in marker ? [refused("marker", marker.error, role)] : [markerFinding(marker.value)]),
  ];
}

function markerFinding(isThere: boolean): Finding {
  if (isThere) return ok("marker", "is there");
  return warning(
    "marker",
    "the app's marker is not there",
    "The app makes it when it first runs. If it has run before, restore marker.json: without it nothing is sent.",
  );
}

function refused(check: string, error: unknown, role: string): Finding {
  const { status, code } = describe(error);
  if (status === 404) return failed(check, "is not there", "Deploy infra/ again: it makes every queue and container.");
  if (status === 403)
    return failed(check, "access is refused (403)", `Give the role ${role}, and let the account's firewall pass.`);
  return failed(
    check,
    `fails${status === undefined ? "" : ` with ${status}`}${code === undefined ? "" : ` (${code})`}`,
    "Try again; if it stays, look at the account in the portal.",
  );
}
