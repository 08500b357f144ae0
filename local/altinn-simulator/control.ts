// What tests and developers can ask of the simulator, beside Altinn's own API.

import type { CallLog } from "./calls.ts";
import type { SimulatorClock } from "./clock.ts";
import type { Delivery } from "./delivery.ts";
import type { Engine } from "./engine.ts";
import { releaseHeld } from "./events.ts";
import type { Fault, Faults, WaitingFault } from "./faults.ts";
import { addForeignAttachment, foreignOwner, takeKey } from "./foreign.ts";
import { type Incoming, sendToOwner } from "./incoming.ts";
import { act, removeLifeRule } from "./life.ts";
import { parseLifeRule } from "./lifeRule.ts";
import type { Client, Maskinporten } from "./maskinporten.ts";
import { isToOwner } from "./recipientLetters.ts";
import type { Action, AltinnEvent, Attachment, Correspondence, EventRule, Subscription } from "./state.ts";
import { highestStatus, type StatusEntry } from "./statuses.ts";
import type { World } from "./world.ts";

/** A file of a correspondence as it was received. */
export interface ControlledFile {
  readonly attachmentId: string;
  readonly fileName: string;
  readonly size: number | null;
  readonly sha256: string | null;
  readonly md5: string;
  readonly status: string;
}

/** Everything about a correspondence. Times in milliseconds. */
export interface ControlledCorrespondence {
  readonly correspondenceId: string;
  readonly resourceId: string;
  /** The organisation that sent it. */
  readonly owner: string;
  readonly recipient: string;
  readonly idempotentKey: string | null;
  readonly status: string;
  readonly statuses: readonly StatusEntry[];
  readonly created: number;
  readonly requestedPublishTime: number;
  readonly isConfirmationNeeded: boolean;
  readonly files: readonly ControlledFile[];
  /** The request as it came: the JSON body, or the form fields by name. */
  readonly request: unknown;
}

/** How an action is to be done. */
export interface ActOptions {
  /** Simulated milliseconds; at once when left out or past. */
  readonly at?: number;
  /** For `failed`, and for statuses that carry a text. */
  readonly statusText?: string;
}

/** The simulator's control, in process; the same over HTTP is under `/_control`. */
export interface Control {
  /** Adds a misbehaviour; its id. */
  fault(fault: Fault): string;
  /** The misbehaviours that wait for a call. */
  faults(): WaitingFault[];
  removeFault(id: string): void;
  clearFaults(): void;
  calls(): ReturnType<CallLog["list"]>;
  /** How many calls there were of a method and a route (`/correspondence/{id}`) or path. */
  callCount(method?: string, route?: string): number;
  clearCalls(): void;
  /** The correspondences of whoever called, in the order in which they were created. */
  correspondences(): ControlledCorrespondence[];
  /** Those that are addressed to the organisation, whoever sent them. */
  received(): ControlledCorrespondence[];
  exists(correspondenceId: string): boolean;
  attachments(): Attachment[];
  /** The events produced, whether or not anybody subscribes. */
  events(): AltinnEvent[];
  /** The pushes that were tried. */
  deliveries(): readonly Delivery[];
  subscriptions(): readonly Subscription[];
  /** Makes something happen to a correspondence; what is due now is done first, pushes included. */
  act(correspondenceId: string, action: Action, options?: ActOptions): Promise<void>;
  /** Does what falls due; a manual clock moves by so many milliseconds (default: 0), others are only looked ahead of. */
  advance(milliseconds?: number): Promise<void>;
  /** The simulated time, in milliseconds. */
  now(): number;
  /** From the first registered client on, only registered ones get tokens. */
  registerClient(client: Client): void;
  /** What this recipient (canonical URN) does with letters that are published from now on, or with so many of them. */
  setLifeRule(recipient: string, rule: string, letters?: number): void;
  removeLifeRule(recipient: string): void;
  /** What all other recipients do from now on, until the simulator ends. */
  setDefaultLifeRule(rule: string): void;
  lifeRules(): LifeRules;
  addEventRule(rule: EventRule): void;
  eventRules(): EventRule[];
  /** How many events a rule holds back. */
  heldEvents(): number;
  clearEventRules(): void;
  /** Lets the events go that a rule held. */
  releaseEvents(order?: "given" | "reversed"): Promise<void>;
  /** Another owner's letter uses the key; that letter's id. */
  takeKey(idempotentKey: string): string;
  /** Somebody else sends a letter to the organisation; its id. */
  sendToOwner(incoming: Incoming): string;
  /** A published attachment of another owner; its id. */
  addForeignAttachment(): string;
  /** An attachment's life ends; nothing is told of that. */
  expireAttachment(attachmentId: string): void;
  /** No token that was given out is good any more. */
  revokeTokens(): void;
}

/** What recipients do, as life rules. */
export interface LifeRules {
  readonly byDefault: string;
  /** `letters`: how many more the rule is for; null: all. */
  readonly own: readonly { readonly recipient: string; readonly rule: string; readonly letters: number | null }[];
}

/** What the control reaches into. */
export interface ControlParts {
  readonly world: World;
  readonly clock: SimulatorClock;
  readonly engine: Engine;
  readonly faults: Faults;
  readonly calls: CallLog;
  readonly maskinporten: Maskinporten;
  readonly revokeTokens: () => void;
}

/** Puts the control together. */
export function createControl(parts: ControlParts): Control {
  const { world, clock, engine, faults, calls, maskinporten } = parts;
  const runDue = async (): Promise<void> => {
    if (clock.kind !== "real") await engine.advance(0);
  };
  return {
    fault: (fault) => faults.add(fault),
    faults: () => faults.list(),
    removeFault: (id) => faults.remove(id),
    clearFaults: () => faults.clear(),
    calls: () => calls.list(),
    callCount: (method, route) => calls.count(method, route),
    clearCalls: () => calls.clear(),
    correspondences: () => listControlled(world, ({ owner }) => owner !== foreignOwner),
    received: () => listControlled(world, (letter) => isToOwner(world, letter)),
    exists: (correspondenceId) => world.correspondences.has(correspondenceId),
    attachments: () => structuredClone(world.state.attachments),
    expireAttachment: (attachmentId) => {
      const attachment = world.attachments.get(attachmentId);
      if (attachment === undefined) throw new Error(`no attachment ${attachmentId}`);
      attachment.statuses.push({ status: "Expired", text: "Expired", at: world.now() });
    },
    events: () => structuredClone(world.state.events),
    deliveries: () => [...engine.deliveries],
    subscriptions: () => structuredClone(world.state.subscriptions),
    act: async (correspondenceId, action, options = {}) => {
      const letter = world.correspondences.get(correspondenceId);
      if (letter === undefined) throw new Error(`no correspondence ${correspondenceId}`);
      const { at, statusText } = options;
      if (at !== undefined && at > world.now()) {
        world.schedule(at, {
          kind: "act",
          correspondenceId,
          action,
          ...(statusText === undefined ? {} : { statusText }),
        });
        return;
      }
      await runDue();
      act(world, world.now(), letter, action, statusText);
      await runDue();
    },
    advance: (milliseconds = 0) => engine.advance(milliseconds),
    now: () => world.now(),
    registerClient: (client) => {
      maskinporten.clients.set(client.clientId, client);
    },
    setLifeRule: (recipient, rule, letters) => {
      parseLifeRule(rule);
      removeLifeRule(world, recipient);
      world.state.lifeRules[recipient] = rule;
      if (letters !== undefined) world.state.lifeRuleLetters[recipient] = letters;
    },
    removeLifeRule: (recipient) => removeLifeRule(world, recipient),
    setDefaultLifeRule: (rule) => {
      parseLifeRule(rule);
      world.options.lifeRule = rule;
    },
    lifeRules: () => ({
      byDefault: world.options.lifeRule,
      own: Object.entries(world.state.lifeRules).map(([recipient, rule]) => {
        return { recipient, rule, letters: world.state.lifeRuleLetters[recipient] ?? null };
      }),
    }),
    addEventRule: (rule) => {
      world.state.eventRules.push(rule);
    },
    eventRules: () => structuredClone(world.state.eventRules),
    heldEvents: () => world.state.held.length,
    clearEventRules: () => {
      world.state.eventRules.length = 0;
    },
    releaseEvents: async (order = "given") => {
      releaseHeld(world, order);
      await runDue();
    },
    takeKey: (key) => takeKey(world, key),
    sendToOwner: (incoming) => sendToOwner(world, incoming),
    addForeignAttachment: () => addForeignAttachment(world),
    revokeTokens: parts.revokeTokens,
  };
}

function listControlled(world: World, isMeant: (letter: Correspondence) => boolean): ControlledCorrespondence[] {
  return world.state.correspondences.filter(isMeant).map((letter) => ({
    correspondenceId: letter.id,
    resourceId: letter.resourceId,
    owner: letter.owner,
    recipient: letter.recipient,
    idempotentKey: letter.idempotentKey,
    status: highestStatus(letter.statuses).status,
    statuses: structuredClone(letter.statuses),
    created: letter.created,
    requestedPublishTime: letter.requestedPublishTime,
    isConfirmationNeeded: letter.request.correspondence?.isConfirmationNeeded ?? false,
    files: letter.attachmentIds
      .map((id) => world.attachments.get(id))
      .filter((file) => file !== undefined)
      .map(controlledFile),
    request: structuredClone(letter.received),
  }));
}

function controlledFile(file: Attachment): ControlledFile {
  const { id, fileName, size, sha256, checksum, statuses } = file;
  return { attachmentId: id, fileName, size, sha256, md5: checksum, status: statuses.at(-1)?.status ?? "" };
}
