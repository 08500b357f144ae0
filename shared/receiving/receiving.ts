// Receiving put together: the one module of it that others load, and only where letters are received.
import type { BlobServiceClient } from "@azure/storage-blob";
import { type AltinnSettings, createTokens } from "../altinn/altinnClient.ts";
import { createRecipientApi, RECIPIENT_SCOPES } from "../altinn/recipientApi.ts";
import type { Clock } from "../clock.ts";
import { CONTAINERS } from "../storage/names.ts";
import { checkReceiving } from "./check.ts";
import type { Receiving, ReceivingConnections, ReceivingContext } from "./context.ts";
import { handleReceipt } from "./handleReceipt.ts";
import { hear } from "./hear.ts";
import { createInbox } from "./inbox.ts";
import { inboxBlobsOf } from "./inboxBlobs.ts";
import { sweepReceipts } from "./sweepReceipts.ts";
import { countReceiptsWaiting } from "./waiting.ts";
import { wish } from "./wish.ts";

/** The clients that only receiving needs, made from checked settings. Makes no call yet. */
export function connectReceiving(
  settings: AltinnSettings,
  clock: Clock,
  blobs: BlobServiceClient,
): ReceivingConnections {
  const { platformUrl, subscriptionKey } = settings.altinn;
  const tokens = createTokens(settings, RECIPIENT_SCOPES, clock);
  return {
    recipient: createRecipientApi({ platformUrl, subscriptionKey, tokens, http: fetch, clock }),
    inbox: createInbox(inboxBlobsOf(blobs.getContainerClient(CONTAINERS.inbox))),
    start: createReceiving,
  };
}

/** Receiving, over what it calls. */
export function createReceiving(context: ReceivingContext): Receiving {
  return {
    hear: async (correspondenceId, resourceId) => void (await hear(context, correspondenceId, resourceId)),
    wish: (correspondenceId, action, from) => wish(context, correspondenceId, action, from),
    sweep: (isFirstOfDay) => sweepReceipts(context, isFirstOfDay),
    check: () => checkReceiving(context),
    waiting: () => countReceiptsWaiting(context.store),
    handle: (message) => handleReceipt(context, message),
  };
}
