// A letter sent by hand: the storage and HTTP calls that the app makes for a plain letter, with the same libraries and the
// same bytes, and nothing decided. What the app is held against.
import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { BlobServiceClient } from "@azure/storage-blob";
import type { QueueServiceClient } from "@azure/storage-queue";
import { CONTAINERS, QUEUES } from "../../shared/storage/names.ts";

/** Where a letter goes by. */
export interface Ways {
  readonly blobs: BlobServiceClient;
  readonly queues: QueueServiceClient;
  /** Altinn, without a slash at the end. */
  readonly platformUrl: string;
  readonly subscriptionKey: string;
  readonly token: string;
}

/** A request as the benchmark drops it. */
interface Dropped {
  readonly id: string;
  readonly correspondence: {
    readonly resourceId: string;
    readonly sendersReference: string;
    readonly content: Content;
  };
  readonly recipients: readonly [string];
  readonly traceparent: string;
}

interface Content {
  readonly attachments: readonly [];
}

interface Answer {
  readonly correspondences: readonly [{ readonly correspondenceId: string; readonly status: string }];
}

const HEADERS = { blobHTTPHeaders: { blobContentType: "application/json" } };
const NEW = { conditions: { ifNoneMatch: "*" } };
/** What stands for the digest, which is long, and decides whether a request has come before. */
const DIGEST = "0".repeat(64);
const WEEK = 7 * 24 * 60 * 60 * 1000;

/** Sends the letter of one message: the request's record, the POST, the announcement, the letter's record. */
export async function sendByHand(text: string, { blobs, queues, ...altinn }: Ways): Promise<void> {
  const request: Dropped = JSON.parse(text);
  const { id: requestId, recipients, traceparent } = request;
  const { resourceId, sendersReference, content } = request.correspondence;
  const { attachments: _none, ...letter } = content;
  const [recipient] = recipients;
  const [dispatchId, messageId, writer] = [randomUUID(), randomUUID(), randomUUID()];
  const state = blobs.getContainerClient(CONTAINERS.state);
  const now = Date.now();
  const at = new Date(now).toISOString();
  const publishBy = now + WEEK;
  const create = (name: string, value: object, tags: Record<string, string>) => {
    const body = Buffer.from(JSON.stringify(value), "utf8");
    return state.getBlockBlobClient(name).upload(body, body.length, { ...HEADERS, ...NEW, tags });
  };

  const requestHash = sha256(requestId);
  await create(
    `requests/${requestHash}.json`,
    {
      ...{ version: 1, requestId, digest: DIGEST, writer, messageId, createdAt: now, resourceId, sendersReference },
      traceparent,
      ...{ recipientForm: 2, total: 1, fannedOut: 0, poisonIds: [] },
      single: { dispatchId, idempotentKey: dispatchId, isKeyGiven: false, recipient, hasAttachments: false },
    },
    { day: at.slice(0, 10) },
  );

  const body = {
    correspondence: { ...request.correspondence, content: letter },
    recipients,
    idempotentKey: dispatchId,
  };
  const response = await fetch(`${altinn.platformUrl}/correspondence/api/v1/correspondence`, {
    method: "POST",
    headers: {
      accept: "application/json",
      traceparent: `${traceparent.slice(0, 36)}${randomBytes(8).toString("hex")}-01`,
      "content-type": "application/json",
      authorization: `Bearer ${altinn.token}`,
      "ocp-apim-subscription-key": altinn.subscriptionKey,
    },
    body: JSON.stringify(body),
    redirect: "manual",
  });
  const answer: Answer = JSON.parse(await response.text());
  const [{ correspondenceId, status }] = answer.correspondences;

  const about = { requestId, dispatchId, correspondenceId, resourceId, sendersReference, recipient };
  await queues.getQueueClient(QUEUES.announcements).sendMessage(
    JSON.stringify({
      ...{ specversion: "1.0", id: randomUUID(), source: `urn:uuid:${messageId}` },
      ...{ type: "altinn-correspondence-sender.dispatch.sent", subject: dispatchId, time: at },
      ...{ datacontenttype: "application/json", traceparent },
      data: { ...about, status: "sent", time: at, source: "answer" },
    }),
    { messageTimeToLive: -1 },
  );

  await create(
    `correspondences/${correspondenceId}.json`,
    {
      ...{ version: 1, correspondenceId, resourceId },
      link: {
        ...{ requestId, dispatchId, digest: DIGEST, recipient, sendersReference, traceparent },
        ...{ isConfirmationNeeded: false, postedAt: now, publishBy },
      },
      ...{ firstHeard: now, facts: { [status]: { answer: now } }, unknownTypes: {}, notificationOrders: [] },
    },
    {
      ...{ status, resource: resourceId, request: requestHash, reference: sha256(sendersReference) },
      ...{
        posted: at,
        dispatch: dispatchId,
        follow: at.slice(0, 10),
        since: `v2 ${at.slice(0, 10)}`,
        lacks: `${at}/${new Date(publishBy).toISOString()} look`,
      },
    },
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
