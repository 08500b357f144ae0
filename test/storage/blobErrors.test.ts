// What the blob library's errors mean, asked of real storage.
import { beforeAll, expect, test } from "vitest";
import { createAttachmentBlobs } from "../../shared/attachments/attachmentBlobs.ts";
import { createRequestBlobs } from "../../shared/intake/requestBlobs.ts";
import { createJsonBlobs } from "../../shared/storage/jsonBlobs.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { type Storage, type StorageAccount, startStorage } from "../harness/storage.ts";

let storage: Storage;
let account: StorageAccount;
beforeAll(async () => {
  storage = await startStorage();
  account = await storage.account();
});

test("a blob that is not there is told as such", async () => {
  expect(
    await createAttachmentBlobs(account.blobs.getContainerClient(CONTAINERS.attachments)).look("a.pdf"),
  ).toBeUndefined();
  expect(await createJsonBlobs(account.blobs.getContainerClient(CONTAINERS.state)).read("a.json")).toBeUndefined();
  const requests = createRequestBlobs(account.blobs.getContainerClient(CONTAINERS.requests));
  expect(await requests.read("a.json", 100)).toEqual({ kind: "missing" });
});

test("a container that is not there is a fault, and no letter is rejected for it", async () => {
  const nowhere = account.blobs.getContainerClient("nowhere");
  await expect(createAttachmentBlobs(nowhere).look("a.pdf")).rejects.toThrow();
  await expect(createJsonBlobs(nowhere).read("a.json")).rejects.toThrow();
  await expect(createRequestBlobs(nowhere).read("a.json", 100)).rejects.toThrow();
});
