// What the tests of the producer kit send, and what they find in storage afterwards.
import { createHash } from "node:crypto";
import { z } from "zod";
import { organization } from "../../local/parties.ts";
import type { ProducerAttachment, ProducerRequest } from "../../producer/request.ts";
import { CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import type { StorageAccount } from "../harness/storage.ts";

interface LetterParts {
  readonly id?: string;
  readonly attachments?: readonly ProducerAttachment[];
  readonly title?: string;
  readonly body?: string;
  readonly recipients?: readonly string[];
}

/** A letter that passes every check, if the parts do. */
export function aProducerRequest({ id, attachments, title = "Vedtak", body, recipients }: LetterParts = {}) {
  const request: ProducerRequest = {
    ...(id === undefined ? {} : { id }),
    correspondence: {
      resourceId: "my-resource",
      sendersReference: "2030/1",
      content: {
        language: "nb",
        messageTitle: title,
        messageBody: body ?? "Du har fått et vedtak.",
        ...(attachments === undefined ? {} : { attachments }),
      },
    },
    recipients: recipients ?? [organization()],
  };
  return request;
}

/** An attachment whose bytes are given to `send`. */
export function aFile(fileName = "vedtak.pdf", more: Partial<ProducerAttachment> = {}): ProducerAttachment {
  return { fileName, sendersReference: fileName, ...more };
}

/** The texts on the queue of requests, which stay there. */
export async function dropped(storage: StorageAccount): Promise<string[]> {
  const { peekedMessageItems } = await storage.queues
    .getQueueClient(QUEUES.requests)
    .peekMessages({ numberOfMessages: 32 });
  return peekedMessageItems.map(({ messageText }) => messageText);
}

const withBlobs = z.object({
  correspondence: z.object({ content: z.object({ attachments: z.array(z.object({ blob: z.string() })) }) }),
});

/** Where a dropped request says that its attachments are. */
export function blobsOf(text: string | undefined): string[] {
  const { correspondence } = withBlobs.parse(JSON.parse(text ?? ""));
  return correspondence.content.attachments.map(({ blob }) => blob);
}

/** The names of all blobs in a container. */
export async function blobNames(storage: StorageAccount, container: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of storage.blobs.getContainerClient(container).listBlobsFlat()) names.push(name);
  return names;
}

/** The bytes of an attachment's blob, and the MD5 that it carries, as hex. */
export async function storedAttachment(storage: StorageAccount, path: string) {
  const blob = storage.blobs.getContainerClient(CONTAINERS.attachments).getBlobClient(path);
  const { contentMD5 } = await blob.getProperties();
  return { content: await blob.downloadToBuffer(), md5: Buffer.from(contentMD5 ?? []).toString("hex") };
}

export function md5(content: Uint8Array): string {
  return createHash("md5").update(content).digest("hex");
}
