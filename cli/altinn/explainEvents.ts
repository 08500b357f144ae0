// Why Altinn Events did not do what it was asked, in words, and what to do about it.
import { EVENTS_SCOPE } from "../../shared/altinn/eventsApi.ts";
import type { CallFailure } from "../../shared/altinn/httpCall.ts";
import { explainFailure } from "../attachmentWords.ts";

/** A call to Altinn Events that brought nothing. */
export function explainEvents(failure: CallFailure): string {
  const { call, cause, status } = failure;
  if (cause === "token" && call === "POST maskinporten token" && status === 400) {
    return `Maskinporten gives no token for ${EVENTS_SCOPE}: the client needs the scope (and its key must be registered).`;
  }
  if (status === 401 || status === 403) {
    return `Altinn refuses (${call} answered ${status}): the client needs the scope ${EVENTS_SCOPE}, its organisation must own the resource, and ALTINN_SUBSCRIPTION_KEY must be of a product with Events.`;
  }
  if (status === 400) return `Altinn refuses the subscription (${call} answered 400): is the resource's id right?`;
  return explainFailure(failure);
}
