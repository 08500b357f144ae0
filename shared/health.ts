// Whether the app can do its work: storage, token and Altinn, each asked for real.
import type { AltinnClient } from "./altinn/altinnClient.ts";
import type { Clock } from "./clock.ts";
import type { Breakers } from "./pausing/breakers.ts";
import type { Deployment } from "./pausing/deployment.ts";
import { type BrakeReason, type EmergencyBrake, readBrake } from "./pausing/emergencyBrake.ts";
import type { Receiving } from "./receiving/context.ts";
import type { ClientOf } from "./senders/clients.ts";
import type { Sender, Senders } from "./senders/senders.ts";
import type { JsonBlobs } from "./storage/jsonBlobs.ts";
import { DOCUMENTS, QUEUES } from "./storage/names.ts";
import type { Queues } from "./storage/queues.ts";
import { MANY_MISSED, missedInLastDay } from "./tracking/missedEvents.ts";

/** The parts of which health is asked. */
export interface HealthContext {
  readonly clock: Pick<Clock, "now">;
  readonly state: JsonBlobs;
  readonly queues: Queues;
  readonly deployment: () => Promise<Deployment>;
  readonly clientOf: ClientOf;
  readonly senders: Senders;
  /** The resource that is asked about, unless a sender is named: of the deployment's own, where it has any. */
  readonly resourceId: string;
  readonly brake: EmergencyBrake;
  readonly breaker: Breakers;
  /** `undefined`: no letters are received. */
  readonly receiving: Pick<Receiving, "check" | "waiting"> | undefined;
}

/** `ok`, or what fails, for people; without a secret or an address. */
export type Finding = "ok" | string;

/** What the health endpoint answers. */
export interface Health {
  readonly healthy: boolean;
  readonly storage: Finding;
  readonly token: Finding;
  readonly altinn: Finding;
  /** Whether letters go out: not while the brake is on, nor while this instance's breaker is open. */
  readonly sending: Finding;
  /** Whether events tell of letters, as far as the last day's checks show. */
  readonly events: Finding;
  /** Where letters are received: whether they can be; and whether any waits to be, and since when. */
  readonly receiving?: Finding;
  readonly receipts?: Finding;
}

/** A key that no letter has: looking it up costs Altinn little, and needs everything that sending needs. */
export const NO_LETTERS_KEY = "00000000-0000-4000-8000-000000000000";

/** Asks storage, Maskinporten and Altinn: as a sender, if one is given. Never throws. */
export async function checkHealth(context: HealthContext, sender?: Sender): Promise<Health> {
  const resourceId = sender?.resources[0] ?? context.resourceId;
  const client = context.clientOf(sender ?? context.senders.of(resourceId));
  const [storage, token] = await Promise.all([checkStorage(context), checkToken(client)]);
  const altinn = token === "ok" ? await checkAltinn(client, resourceId) : "not asked: there is no token to ask with";
  const sending = await checkSending(context, storage, sender?.name);
  const events = await checkEvents(context, storage);
  // Of a sender it is asked whether they can send.
  const received = sender === undefined ? await checkReceived(context, storage) : {};
  const { receiving = "ok" } = received;
  const healthy = [storage, token, altinn, receiving].every((finding) => finding === "ok");
  return { healthy, storage, token, altinn, sending, events, ...received };
}

/** Letters that wait are told, and make nothing unhealthy: the letters may be what fails. */
async function checkReceived(
  { receiving }: Pick<HealthContext, "receiving">,
  storage: Finding,
): Promise<Pick<Health, "receiving" | "receipts">> {
  if (receiving === undefined) return {};
  const refused = (await receiving.check()).map(({ resourceId, call, cause, status, errorCode }) =>
    [`${resourceId}: ${call} fails`, cause, status, errorCode].filter((part) => part !== undefined).join(", "),
  );
  return {
    receiving: refused.length === 0 ? "ok" : refused.join("; "),
    receipts: storage === "ok" ? await checkReceipts(receiving) : "not known: the storage cannot be read",
  };
}

async function checkReceipts(receiving: Pick<Receiving, "waiting">): Promise<Finding> {
  try {
    const { waiting, waitingSince = "" } = await receiving.waiting();
    if (waiting === 0) return "ok";
    return `${waiting} ${waiting === 1 ? "letter waits" : "letters wait"} to be received, the oldest since ${waitingSince}`;
  } catch {
    return "not known: the index cannot be read";
  }
}

/** Letters are told of without events too, only later: that is told, and does not make the app unhealthy. */
async function checkEvents({ state, clock }: HealthContext, storage: Finding): Promise<Finding> {
  if (storage !== "ok") return "not known: the storage cannot be read";
  try {
    const missed = await missedInLastDay(state, clock.now());
    if (missed < MANY_MISSED) return "ok";
    return `missing: in the last day checks found ${missed} statuses of which no event had told. Is the subscription there, and its key right? See docs/events.md`;
  } catch {
    return "not known: the count of what events missed cannot be read";
  }
}

async function checkStorage({ state, queues, deployment }: HealthContext): Promise<Finding> {
  try {
    await Promise.all([
      state.read(DOCUMENTS.marker),
      queues.isEmpty(QUEUES.requests),
      queues.isEmpty(QUEUES.announcements),
    ]);
    await deployment();
    return "ok";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
    const name = error instanceof Error ? error.name : "Error";
    return name === "MarkerMissing" && error instanceof Error ? error.message : `fails with ${code ?? name}`;
  }
}

/** A brake that is on is no fault of the app: it is told, and does not make it unhealthy. */
async function checkSending(
  { brake, breaker, senders, state }: HealthContext,
  storage: Finding,
  sender: string | undefined,
): Promise<Finding> {
  if (storage !== "ok") return "not known: the storage cannot be read";
  let reason: BrakeReason | undefined;
  let stopped: readonly string[] = [];
  try {
    reason = await brake.reason(sender);
    if (senders.all.length > 0 && sender === undefined) {
      const brakes = Object.entries((await readBrake(state))?.senders ?? {});
      stopped = brakes.filter(([, { isOn }]) => isOn).map(([name]) => name);
    }
  } catch {
    return "not known: the emergency brake cannot be read";
  }
  if (reason !== undefined) return `stopped: the emergency brake is on (${reason})`;
  const { state: circuit } = sender === undefined ? breaker : breaker.of(sender);
  if (circuit !== "closed") return `paused: the circuit breaker is ${circuit}, since Altinn does not answer`;
  return stopped.length === 0 ? "ok" : `stopped for ${stopped.join(", ")}: their own brake is on`;
}

async function checkToken({ tokens }: AltinnClient): Promise<Finding> {
  const answer = await tokens.get();
  if (answer.ok) return "ok";
  const { call, status, oauthError } = answer.failure;
  return [`${call} fails`, status, oauthError].filter((part) => part !== undefined).join(", ");
}

async function checkAltinn({ altinn }: AltinnClient, resourceId: string): Promise<Finding> {
  const answer = await altinn.findByIdempotentKey(resourceId, NO_LETTERS_KEY);
  if (answer.kind === "none") return "ok";
  if (answer.kind !== "failed") return "a look-up finds letters by a key that none can have";
  return [`${answer.call} fails`, answer.cause, answer.status, answer.errorCode]
    .filter((part) => part !== undefined)
    .join(", ");
}
