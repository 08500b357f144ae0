// Hands a message to the function whose queue it is on, in the form in which the Functions library gives it.
import type { App } from "../../shared/app.ts";
import { putBackDispatch, putBackRequest } from "../../shared/intake/poison.ts";
import { sendDispatch } from "../../shared/intake/sendDispatch.ts";
import { sendRequest } from "../../shared/intake/sendRequest.ts";
import { dispatchQueueOf, requestQueueOf } from "../../shared/senders/senders.ts";
import { poisonQueueOf, QUEUES } from "../../shared/storage/names.ts";
import { asPiece } from "../../shared/telemetry/traces.ts";
import { checkBatch } from "../../shared/tracking/checkBatch.ts";
import { receiveEvent } from "../../shared/tracking/receiveEvent.ts";
import { sweep } from "../../shared/upkeep/sweep.ts";
import type { HostedMessage } from "./queueHost.ts";

/** In place of a queue: an invocation of the timer. */
export const TIMER = "(timer)";
/** In place of a queue: one of Altinn's events, as text. */
export const WEBHOOK = "(webhook)";

/** As an invocation of its function does. */
export function handleMessage(app: App, message: HostedMessage): Promise<void> {
  return asPiece(() => handle(app, message));
}

async function handle(app: App, message: HostedMessage): Promise<void> {
  const body = parsed(message.text);
  for (const sender of [undefined, ...app.settings.senders.filter(({ hasOwnQueue }) => hasOwnQueue)]) {
    const queue = requestQueueOf(sender);
    const dispatches = dispatchQueueOf(sender);
    if (message.queue === dispatches) {
      await sendDispatch(app.sending, body, dispatches);
      return;
    }
    if (message.queue === poisonQueueOf(dispatches)) {
      await putBackDispatch(app.sending, body, message.id, dispatches);
      return;
    }
    if (message.queue === queue) {
      await sendRequest(app.sending, body, { messageId: message.id, sender });
      return;
    }
    if (message.queue === poisonQueueOf(queue)) {
      await putBackRequest(app.sending, body, message.id, sender);
      return;
    }
  }
  switch (message.queue) {
    case QUEUES.statusChecks:
      await checkBatch(app.checking, body, message.id);
      return;
    case QUEUES.receipts:
      if (app.receiving === undefined) throw new Error("This app receives no letters");
      await app.receiving.handle(body);
      return;
    case TIMER:
      await sweep(app.sending, app.settings.followDays);
      return;
    case WEBHOOK:
      await receiveEvent(app.events, body);
      return;
    default:
      throw new Error(`No function takes messages of ${message.queue}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
