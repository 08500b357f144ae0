// Preloaded into the Azurite of tests: its accounts have the app's queues and containers from the start. To make them by
// calls costs as much as sending a few letters, and each test has an account of its own.
const { default: LokiBlobMetadataStore } = require("azurite/dist/src/blob/persistence/LokiBlobMetadataStore");
const { default: LokiQueueMetadataStore } = require("azurite/dist/src/queue/persistence/LokiQueueMetadataStore");

const { accounts, key, containers, queues } = JSON.parse(process.env.TEST_ACCOUNTS ?? "{}");

process.env.AZURITE_ACCOUNTS = accounts.map((account) => `${account}:${key}`).join(";");

/** What Azurite writes down where a container is created by a call. */
function containerOf(accountName, name) {
  const state = { leaseStatus: "unlocked", leaseState: "available", hasImmutabilityPolicy: false, hasLegalHold: false };
  return { accountName, name, properties: { etag: '"0x8DE000000000000"', lastModified: new Date(), ...state } };
}

fill(LokiBlobMetadataStore, containers, (store, account, name) =>
  store.createContainer(undefined, containerOf(account, name)),
);
fill(LokiQueueMetadataStore, queues, (store, accountName, name) => store.createQueue({ accountName, name }));

/** Has a store filled as soon as it is there. */
function fill({ prototype }, names, create) {
  const { init } = prototype;
  prototype.init = async function filled() {
    await init.call(this);
    for (const account of accounts) for (const name of names) await create(this, account, name);
  };
}
