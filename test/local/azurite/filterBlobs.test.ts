// Azurite's tag queries in a container of more than 5,000 blobs: complete with our repair, and without it not.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startAzurite } from "../../../local/azurite/start.ts";

const BLOBS = 6_000;
const MATCHES = 700;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "azurite-"));
  const azurite = await startAzurite({ directory });
  const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient("many");
  await container.create();
  let next = 0;
  const writer = async () => {
    while (next < BLOBS) {
      const index = next++;
      const tags = { state: index >= BLOBS - MATCHES ? "late" : "early" };
      await container.getBlockBlobClient(name(index)).upload("x", 1, { tags });
    }
  };
  await Promise.all(Array.from({ length: 32 }, writer));
  await azurite.stop();
});

afterAll(() => rm(directory, { recursive: true, force: true }));

it("finds every match, in pages that follow one another", async () => {
  const azurite = await startAzurite({ directory });
  try {
    const service = BlobServiceClient.fromConnectionString(azurite.connectionString);
    const late = Array.from({ length: MATCHES }, (_, index) => name(BLOBS - MATCHES + index));
    expect(await find(service.getContainerClient("many"), "late")).toEqual(late);
    expect((await find(service.getContainerClient("many"), "early")).length).toBe(BLOBS - MATCHES);
    const across = [];
    for await (const blob of service.findBlobsByTags(`"state"='late'`)) across.push(blob.name);
    expect(across).toEqual(late);
  } finally {
    await azurite.stop();
  }
});

it("is needed: Azurite as it comes loses matches (when this fails, the repair can go)", async () => {
  const azurite = await startAzurite({ directory, repairTagQueries: false });
  try {
    const service = BlobServiceClient.fromConnectionString(azurite.connectionString);
    expect((await find(service.getContainerClient("many"), "late")).length).toBeLessThan(MATCHES);
  } finally {
    await azurite.stop();
  }
});

function name(index: number): string {
  return `blob-${String(index).padStart(5, "0")}`;
}

async function find(container: ContainerClient, state: string): Promise<string[]> {
  const names: string[] = [];
  for await (const page of container.findBlobsByTags(`"state"='${state}'`).byPage({ maxPageSize: 300 })) {
    names.push(...page.blobs.map((blob) => blob.name));
  }
  return names;
}
