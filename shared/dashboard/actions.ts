// What can be done from the dashboard. Each is what a command does, by the same calls; nobody at Altinn is called.
import type { RecipientAction } from "../altinn/recipientActions.ts";
import {
  askForReplay,
  checkReplay,
  dropDeadLetter,
  dropUnreadable,
  type ReplayCheck,
} from "../deadLetters/deadLetters.ts";
import { CHECK_TIME_TO_LIVE, type CheckMessage } from "../messages/checkMessage.ts";
import { setBrake } from "../pausing/emergencyBrake.ts";
import { readKnown } from "../records/records.ts";
import { QUEUES } from "../storage/names.ts";
import { queueText } from "../storage/queues.ts";
import { sha256 } from "../storage/tags.ts";
import type { LogFields } from "../telemetry/telemetry.ts";
import type { Action, ActionOutcome } from "./action.ts";
import type { DashboardContext } from "./context.ts";

/** Does it. Throws when storage fails. @param actor who asked, for the log */
export async function act(
  context: DashboardContext,
  action: Action,
  actor: string | undefined,
): Promise<ActionOutcome> {
  const outcome = await carryOut(context, action);
  const about: LogFields = {
    ...("deadLetter" in action ? { deadLetter: action.deadLetter } : {}),
    ...("correspondenceId" in action ? { correspondenceId: action.correspondenceId } : {}),
    ...("requestId" in action ? { requestHash: sha256(action.requestId) } : {}),
    ...("sender" in action ? { sender: action.sender } : {}),
    ...(actor === undefined ? {} : { actor }),
  };
  context.telemetry.info("dashboardActed", { action: action.action, outcome: outcome.kind, ...about });
  return outcome;
}

async function carryOut(context: DashboardContext, action: Action): Promise<ActionOutcome> {
  const { queues, clock, finding } = context;
  switch (action.action) {
    case "replay":
      return replay(context, action.deadLetter);
    case "drop":
      return drop(context, action.deadLetter);
    case "cancelRequest":
      return cancel(context, { requestId: action.requestId });
    case "cancelLetter":
      return cancel(context, { correspondenceId: action.correspondenceId });
    case "check": {
      const message: CheckMessage = { version: 1, correspondenceId: action.correspondenceId };
      await queues.put(QUEUES.statusChecks, queueText(message), { timeToLiveSeconds: CHECK_TIME_TO_LIVE });
      return { kind: "done" };
    }
    case "readReceived":
      return askOfReceived(context, action.correspondenceId, "read");
    case "confirmReceived":
      return askOfReceived(context, action.correspondenceId, "confirm");
    case "purgeReceived":
      return askOfReceived(context, action.correspondenceId, "purge");
    case "brakeOn":
    case "brakeOff": {
      const { sender } = action;
      if (sender !== undefined && !finding.senders.named(sender)) return { kind: "gone" };
      const isOn = action.action === "brakeOn";
      await setBrake(finding.store.documents, { isOn, reason: "operator", now: clock.now(), sender });
      return { kind: "done" };
    }
  }
}

/** As a producer would: it is told what becomes of it. */
async function cancel({ queues }: DashboardContext, target: object): Promise<ActionOutcome> {
  await queues.put(QUEUES.requests, queueText({ cancel: target }));
  return { kind: "done" };
}

/** As a reader of received letters would: what became of it is told on their queue. */
async function askOfReceived(
  { queues, facts }: DashboardContext,
  correspondenceId: string,
  action: RecipientAction,
): Promise<ActionOutcome> {
  if (!facts.receives) return { kind: "refused", why: "this app receives no letters." };
  await queues.put(QUEUES.requests, queueText({ received: { correspondenceId, action } }));
  return { kind: "done" };
}

async function replay(context: DashboardContext, name: string): Promise<ActionOutcome> {
  const { store } = context.finding;
  const stored = await readKnown(store.deadLetters, name);
  if (!stored) return { kind: "gone" };
  if (stored === "unreadable") return { kind: "refused", why: "it cannot be read by this version." };
  await context.traces.follow(stored.value);
  const check = await checkReplay(store, stored.value, rulesNow(context));
  if (check.kind !== "allowed") return { kind: "refused", why: check.why };
  await askForReplay(context.queues, name, stored.value);
  return { kind: "done" };
}

async function drop(context: DashboardContext, name: string): Promise<ActionOutcome> {
  const { store } = context.finding;
  const dropping = { store, telemetry: context.telemetry };
  const stored = await readKnown(store.deadLetters, name);
  if (!stored) return { kind: "gone" };
  if (stored !== "unreadable") await context.traces.follow(stored.value);
  const outcome =
    stored === "unreadable" ? await dropUnreadable(dropping, name) : await dropDeadLetter(dropping, name, stored);
  if (outcome === "dropped") return { kind: "done" };
  return outcome === "changed"
    ? { kind: "refused", why: "it has changed since: look at it again." }
    : { kind: "refused", why: "nothing else says that its letter has ended." };
}

/** Whether a replay can come to anything, before it is asked for; `undefined` if there is no such dead letter. */
export async function lookAtReplay(context: DashboardContext, name: string): Promise<ReplayCheck | undefined> {
  const { store } = context.finding;
  const stored = await readKnown(store.deadLetters, name);
  if (!stored) return undefined;
  if (stored === "unreadable") return { kind: "impossible", why: "it cannot be read by this version." };
  return checkReplay(store, stored.value, rulesNow(context));
}

function rulesNow({ rules, clock }: DashboardContext) {
  return { ...rules, now: new Date(clock.now()) };
}
