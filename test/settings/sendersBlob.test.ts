// The list of senders in a blob, over real storage: read where the setting says so, and every problem of it named.
import { generateKeyPairSync } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { withSendersBlob } from "../../shared/settings/sendersBlob.ts";
import { readSettings } from "../../shared/settings/settings.ts";
import { createJsonBlobs } from "../../shared/storage/jsonBlobs.ts";
import { CONTAINERS, DOCUMENTS } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = JSON.stringify({ ...privateKey.export({ format: "jwk" }), kid: "key" });

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

/** What the settings come to with this blob: the names of the senders, or the problems. */
async function read(written: object | string | undefined, SENDERS = "blob"): Promise<readonly string[]> {
  const { blobs, connectionString } = await storage.account();
  const state = blobs.getContainerClient(CONTAINERS.state);
  if (typeof written === "object") await createJsonBlobs(state).create(DOCUMENTS.senders, written);
  else if (written !== undefined) await state.getBlockBlobClient(DOCUMENTS.senders).upload(written, written.length);
  const env = await withSendersBlob({
    CORRESPONDENCE_STORAGE: connectionString,
    ALTINN_RESOURCES: "letters",
    ALTINN_ENVIRONMENT: "tt02",
    ALTINN_SUBSCRIPTION_KEY: "subscription",
    MASKINPORTEN_CLIENT_ID: "supplier",
    MASKINPORTEN_JWK: key,
    SENDERS,
  });
  const settings = readSettings(env);
  return settings.ok
    ? settings.settings.senders.map(({ name }) => name)
    : settings.problems.map(({ key, problem }) => `${key} ${problem}`);
}

test("it is read where SENDERS says blob, and only there", async () => {
  const many = Array.from({ length: 600 }, (_, index) => ({
    name: `sender-${index}`,
    resources: [`letters-${index}`],
  }));
  expect(await read(many)).toHaveLength(600);
  expect(await read(many, "[]")).toEqual([]);
});

test("every problem of every sender in it is named", async () => {
  expect(
    await read([
      { name: "oslo", resources: [] },
      { name: "bergen", resources: ["a"], consumerOrg: "1" },
    ]),
  ).toEqual([
    "SENDERS[oslo].resources must name at least one resource.",
    expect.stringMatching(/^SENDERS\[bergen\]\.consumerOrg must be an organisation number/),
  ]);
});

test.each([
  ["is not there", undefined],
  ["is no JSON", "[{"],
])("a blob that %s stops the start, and says which blob", async (_what, written) => {
  expect(await read(written)).toEqual([
    "SENDERS says blob, and senders.json in the container correspondence-state is not there, is no JSON, or can't be read.",
  ]);
});
