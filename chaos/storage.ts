// Storage in a run: Azurite that stops in good order and starts again where it was.
import { type Azurite, startAzurite } from "../local/azurite/start.ts";
import { type LocalStorage, prepareStorage } from "../local/start/storage.ts";
import { CONTAINERS } from "../shared/storage/names.ts";
import { ATTACHMENT_BLOBS } from "./attachments.ts";
import { SECOND_STATUS_QUEUE } from "./errand.ts";

export interface ChaosStorage extends LocalStorage {
  readonly connectionString: string;
  /** Stops it, with all that it has acknowledged, and starts it again on its ports. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** @param onEnd told when it ends by itself, which it must not */
export async function startStorage(directory: string, onEnd: (message: string) => void): Promise<ChaosStorage> {
  let running = await startAzurite({ directory });
  let isExpectedToEnd = false;
  const { connectionString, blobUrl, queueUrl } = running;
  const ports = { blobPort: Number(new URL(blobUrl).port), queuePort: Number(new URL(queueUrl).port) };

  function watch({ exited }: Azurite): void {
    exited.then(
      (code) => {
        if (!isExpectedToEnd) onEnd(`Storage ended by itself (${code ?? "by a signal"}).`);
      },
      () => undefined,
    );
  }

  async function stop(): Promise<void> {
    isExpectedToEnd = true;
    await running.stop();
  }

  watch(running);
  const clients = await prepareStorage(connectionString);
  await clients.queues.getQueueClient(SECOND_STATUS_QUEUE).createIfNotExists();
  const attachments = clients.blobs.getContainerClient(CONTAINERS.attachments);
  for (const [path, content] of ATTACHMENT_BLOBS) {
    await attachments.getBlockBlobClient(path).upload(content, Buffer.byteLength(content));
  }
  return {
    ...clients,
    connectionString,
    async restart() {
      await stop();
      const code = await running.exited;
      // What it did not save is lost, and whatever comes of that is not the app's fault.
      if (code !== 0) throw new Error(`Storage did not stop in good order (${code ?? "by a signal"}): try again.`);
      running = await startAzurite({ directory, ...ports });
      isExpectedToEnd = false;
      watch(running);
    },
    stop,
  };
}
