// Azurite as a child process: keeps its data, ends when asked, and ends when its parent is killed.
import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { expect, it } from "vitest";
import { z } from "zod";
import { startAzurite } from "../../../local/azurite/start.ts";
import { isAlive } from "../../harness/isAlive.ts";

it("keeps blobs and messages over a stop", async () => {
  const directory = await mkdtemp(join(tmpdir(), "azurite-"));
  try {
    const first = await startAzurite({ directory });
    await service(first.connectionString).blobs.createContainer("kept");
    await service(first.connectionString).queues.createQueue("kept");
    await service(first.connectionString).queues.getQueueClient("kept").sendMessage("hello");
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    const second = await startAzurite({ directory });
    expect(await service(second.connectionString).blobs.getContainerClient("kept").exists()).toBe(true);
    const peeked = await service(second.connectionString).queues.getQueueClient("kept").peekMessages();
    expect(peeked.peekedMessageItems.map((message) => message.messageText)).toEqual(["hello"]);
    await second.kill();
    expect(isAlive(second.pid)).toBe(false);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

it("says which port is taken", async () => {
  const azurite = await startAzurite();
  const blobPort = Number(new URL(azurite.blobUrl).port);
  await expect(startAzurite({ blobPort })).rejects.toThrow(String(blobPort));
  await azurite.stop();
});

it("saves and ends when its parent is killed", async () => {
  const directory = await mkdtemp(join(tmpdir(), "azurite-"));
  try {
    const program = fileURLToPath(new URL("./parent.fixture.ts", import.meta.url));
    const parent = fork(program, [directory], { execArgv: ["--disable-warning=ExperimentalWarning"] });
    const message = await new Promise((resolve) => parent.once("message", resolve));
    const { pid } = z.object({ pid: z.number() }).parse(message);
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await expect.poll(() => isAlive(pid)).toBe(false);

    const again = await startAzurite({ directory });
    expect(await service(again.connectionString).blobs.getContainerClient("kept").exists()).toBe(true);
    await again.stop();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

function service(connectionString: string) {
  return {
    blobs: BlobServiceClient.fromConnectionString(connectionString),
    queues: QueueServiceClient.fromConnectionString(connectionString),
  };
}
