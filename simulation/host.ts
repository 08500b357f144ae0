// A model of the Functions host: several instances take messages, events and the timer's runs, and some die at it.

import { z } from "zod";
import type { AltinnEvent } from "../local/altinn-simulator/state.ts";
import {
  fateAfterRun,
  fateBeforeRun,
  type MessageFate,
  poisonQueueName,
} from "../local/functions-host/queueMessage.ts";
import { MINUTE, SECOND } from "../shared/clock.ts";
import { dispatchRecordSchema } from "../shared/records/dispatchRecord.ts";
import { isInProgress } from "../shared/records/preparation.ts";
import { receiptRecordSchema } from "../shared/records/receiptRecord.ts";
import { requestRecordName, requestRecordSchema } from "../shared/records/requestRecord.ts";
import { backlogQueuesOf } from "../shared/senders/senders.ts";
import type { Settings } from "../shared/settings/settings.ts";
import { FOLDERS, QUEUES, recordName } from "../shared/storage/names.ts";
import { handleMessage, TIMER, WEBHOOK } from "../test/harness/handleMessage.ts";
import { type Instance, startInstance } from "./instance.ts";
import type { Surroundings } from "./life.ts";
import type { ModelMessage } from "./queues.ts";

/** The queues whose messages are work, each sender's own among them. Checks are made again anyway. */
export function workQueuesOf({ senders }: Settings): readonly string[] {
  const own = senders.filter(({ hasOwnQueue }) => hasOwnQueue);
  return [...[undefined, ...own].flatMap(backlogQueuesOf), QUEUES.receipts];
}

/** True of the queue of a sender's dispatches, or of its poison queue, or of those that all share. */
function isOfDispatches(queue: string): boolean {
  return queue.startsWith(QUEUES.dispatches);
}

/** host.json: batchSize and newBatchThreshold together, maxDequeueCount, visibilityTimeout. */
const SLOTS = 24;
const MAX_DEQUEUE_COUNT = 5;
const AFTER_FAILURE = 30 * SECOND;
/** How long a message is hidden that is being handled; renewed half way. */
const HIDDEN = 10 * MINUTE;
/** A message on a poison queue lives for seven days (Azure's host puts it without a time to live of its own). */
const POISON_LIFE_SECONDS = 7 * 24 * 60 * 60;

/** The app's own messages, of which records tell as well. */
const messageSchema = z.object({
  dispatchId: z.string().optional(),
  dispatchIds: z.array(z.string()).optional(),
  requestHash: z.string().optional(),
  correspondenceId: z.string().optional(),
});

/** How long Altinn waits for the webhook. */
const WEBHOOK_TIMEOUT = 45 * SECOND;

/** The host with its instances. */
export class ModelHost {
  readonly #around: Surroundings;
  #instances: Instance[] = [];
  #started = 0;
  deaths = 0;
  /** The texts of messages that were lost, those that expired on a poison queue among them. */
  readonly lost: string[] = [];
  /** What has failed on a poison queue too often to be run again: it lies there until it expires. */
  readonly #givenUp = new Set<ModelMessage>();
  /** How many invocations of each instance are under way, by queue. */
  readonly #underWay = new Map<number, Map<string, number>>();
  /** Messages that can be seen, and that nobody had room for. */
  readonly #waiting = new Map<string, Set<ModelMessage>>();
  readonly #disabled = new Set<string>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  start(count: number): void {
    for (let index = 0; index < count; index++) this.#startInstance();
  }

  /** All instances stop, as where another version is deployed. What they have taken comes again. */
  stop(): void {
    for (const { life } of this.#instances) {
      life.stop();
      this.#underWay.delete(life.number);
    }
    this.#instances = [];
  }

  /** The clocks of all instances are set, so many milliseconds ahead of the time or (below 0) behind it. */
  setClocks(skewMs: number): void {
    for (const { life } of this.#instances) life.skewMs = skewMs;
  }

  /** The clock of one instance is set wrong. */
  jumpClock(): void {
    const { fates, odds } = this.#around;
    const jumper = this.#instances[Math.floor(fates.share("whose clock") * this.#instances.length)];
    if (jumper) jumper.life.skewMs = Math.round((fates.share("jump") * 2 - 1) * odds().clockJumpMs);
  }

  /** The function of a queue is disabled: nothing is taken from there. */
  disable(queue: string): void {
    this.#disabled.add(queue);
  }

  enable(queue: string): void {
    this.#disabled.delete(queue);
    for (const message of [...(this.#waiting.get(queue) ?? [])]) this.#handOut(message);
  }

  /** How many invocations are under way on instances that live. */
  get underWay(): number {
    return this.#instances
      .flatMap(({ life }) => [...(this.#underWay.get(life.number)?.values() ?? [])])
      .reduce((sum, count) => sum + count, 0);
  }

  /** A message can be seen at some time: it is handed out then. */
  onHidden(message: ModelMessage): void {
    const { queue } = message;
    if (queue !== QUEUES.statusChecks && !workQueuesOf(this.#around.settings).includes(queue)) return;
    const { timeline, fates, odds } = this.#around;
    const delay = odds().latencyMs * fates.share(`take ${nameOf(message)}`);
    timeline.at(message.visibleAt + delay, () => this.#handOut(message));
  }

  /** An instance has died: another takes its place. */
  onDeath(number: number): void {
    this.deaths++;
    this.#instances = this.#instances.filter(({ life }) => life.isAlive);
    this.#underWay.delete(number);
    const { timeline, fates } = this.#around;
    timeline.after(fates.share("start") ** 3 * 2 * MINUTE, () => this.#startInstance());
  }

  /** One run of the timer. False if there is nobody to do it, or it did not come to its end. */
  runTimer(): Promise<boolean> {
    return this.#invoke(TIMER, "", TIMER, 0);
  }

  /**
   * An operator whom the alert on a poison queue has called puts back what lies there, as new messages: all but those of
   * letters that have ended, of which the timer tells.
   */
  putBack(): void {
    const { queues } = this.#around;
    for (const message of this.#givenUp) {
      if (!queues.has(message)) this.lost.push(message.text);
      else if (this.#hasEnded(message)) continue;
      else {
        queues.lose(message);
        queues.put(message.queue, message.text);
      }
      this.#givenUp.delete(message);
    }
  }

  #hasEnded({ queue, text }: ModelMessage): boolean {
    if (!isOfDispatches(queue)) return false;
    const { dispatchId } = messageSchema.safeParse(JSON.parse(text)).data ?? {};
    const dispatch = this.#around.state.read(recordName(FOLDERS.dispatches, dispatchId ?? ""));
    return dispatch !== undefined && !["waiting", "sent"].includes(dispatchRecordSchema.parse(dispatch.value).state);
  }

  /** One event, as Altinn posts it. False if it was not taken. */
  push(event: AltinnEvent): Promise<boolean> {
    const taken = this.#invoke(WEBHOOK, event.id, JSON.stringify(event), 0);
    const { timeline } = this.#around;
    return Promise.race([
      taken,
      new Promise<boolean>((resolve) => timeline.after(WEBHOOK_TIMEOUT, () => resolve(false))),
    ]);
  }

  #startInstance(): void {
    const instance = startInstance(++this.#started, this.#around);
    this.#instances.push(instance);
    this.#underWay.set(instance.life.number, new Map());
    for (const queue of this.#waiting.keys()) for (let slot = 0; slot < SLOTS; slot++) this.#handOutNext(queue);
  }

  #handOut(message: ModelMessage): void {
    const { queues, fates, timeline } = this.#around;
    if (!queues.has(message) || message.visibleAt > timeline.now) return;
    if (this.#around.isStorageDown("queues")) {
      timeline.after(MINUTE * fates.share(`again ${nameOf(message)}`), () => this.#handOut(message));
      return;
    }
    const instance = this.#withRoom(message.queue);
    const waiting = this.#waiting.get(message.queue) ?? new Set();
    this.#waiting.set(message.queue, waiting);
    if (instance === undefined) {
      waiting.add(message);
      return;
    }
    waiting.delete(message);
    const name = nameOf(message);
    const isAgainSoon = fates.happens("handed out twice", name);
    if (this.#canBeFound(message) && fates.happens("message lost", name)) {
      queues.lose(message);
      this.lost.push(message.text);
      return;
    }
    const receipt = queues.take(message, isAgainSoon ? 20 * SECOND * fates.share(`again ${name}`) : HIDDEN);
    if (receipt === undefined) return;
    if (fates.happens("poisoned", name) && this.#isRare(message)) this.#copyToPoison(message);
    const fate = fateBeforeRun(message.dequeueCount, MAX_DEQUEUE_COUNT, hasPoisonQueue(message));
    if (fate === "run") void this.#handle(instance, message, receipt);
    else this.#settle(message, receipt, fate);
  }

  /** There is room again. What is gone meanwhile, or hidden, waits for nobody. */
  #handOutNext(queue: string): void {
    const { queues, timeline } = this.#around;
    const waiting = this.#waiting.get(queue) ?? new Set();
    for (const message of waiting) {
      waiting.delete(message);
      if (!queues.has(message) || message.visibleAt > timeline.now) continue;
      timeline.after(1, () => this.#handOut(message));
      return;
    }
  }

  async #handle(instance: Instance, message: ModelMessage, receipt: number): Promise<void> {
    const { queues, timeline } = this.#around;
    let held = receipt;
    const renew = () => {
      if (!instance.life.isAlive || held === 0 || this.#around.isStorageDown("queues")) return;
      held = queues.hide(message, held, HIDDEN) ?? held;
      timeline.after(HIDDEN / 2, renew);
    };
    if (message.visibleAt - timeline.now === HIDDEN) timeline.after(HIDDEN / 2, renew);
    const isDone = await this.#invokeOn(instance, message.queue, message.id, message.text, message.dequeueCount);
    const own = held;
    held = 0;
    this.#settle(message, own, fateAfterRun(isDone, message.dequeueCount, MAX_DEQUEUE_COUNT, hasPoisonQueue(message)));
  }

  #settle(message: ModelMessage, receipt: number, fate: MessageFate): void {
    const { queues, fates, isStorageDown } = this.#around;
    if (isStorageDown("queues")) return;
    if (fate !== "delete" && !hasPoisonQueue(message) && message.dequeueCount >= MAX_DEQUEUE_COUNT) {
      this.#givenUp.add(message);
    }
    if (fate === "release") queues.hide(message, receipt, AFTER_FAILURE);
    // What is left stays hidden until its lease ends.
    if (fate !== "delete" && fate !== "poison") return;
    if (fate === "poison") this.#copyToPoison(message);
    const isLeft = fates.happens("not deleted", nameOf(message)) && this.#isRare(message);
    if (!isLeft) queues.remove(message, receipt);
  }

  #isRare({ queue, text }: ModelMessage): boolean {
    const poison = poisonQueueName(queue);
    return this.#around.queues.isRare(text, ...(poison === undefined ? [queue] : [queue, poison]));
  }

  /**
   * True if a sweep can find out that a message is lost: a record says that the dispatch or the preparation goes on, or that
   * a request was begun of which nothing has come; and of a letter to the organisation, that it waits. Nobody is at work on it, who could end it and not tell.
   */
  #canBeFound({ queue, text, id, dequeueCount }: ModelMessage): boolean {
    const { state, odds } = this.#around;
    const { messageLost, handedOutTwice } = odds();
    if (messageLost === 0) return false;
    if (isOfDispatches(queue) && dequeueCount === 0) {
      const {
        dispatchId = "",
        dispatchIds = [dispatchId],
        requestHash = "",
      } = messageSchema.safeParse(JSON.parse(text)).data ?? {};
      const dispatches = dispatchIds.map((id) => state.read(recordName(FOLDERS.dispatches, id)));
      const request = state.read(requestRecordName(requestHash));
      if (dispatches.some((dispatch) => dispatch !== undefined)) {
        return dispatches.every((stored) => dispatchRecordSchema.safeParse(stored?.value).data?.state === "waiting");
      }
      return request !== undefined && isInProgress(requestRecordSchema.parse(request.value));
    }
    if (queue === QUEUES.receipts) {
      const { correspondenceId } = messageSchema.parse(JSON.parse(text));
      // Of a search there is another with each sweep.
      if (correspondenceId === undefined) return true;
      const receipt = state.read(recordName(FOLDERS.receipts, correspondenceId));
      return receiptRecordSchema.safeParse(receipt?.value).data?.dueAt !== undefined;
    }
    if (!queue.startsWith(QUEUES.requests) || dequeueCount === 0 || handedOutTwice > 0) return false;
    const begun = state.list().find(({ name }) => {
      return name.startsWith(`${FOLDERS.requests}/`) && state.text(name)?.text.includes(`"messageId":"${id}"`);
    });
    const single = begun && requestRecordSchema.parse(state.read(begun.name)?.value).single;
    return single !== undefined && !state.exists(recordName(FOLDERS.dispatches, single.dispatchId));
  }

  #copyToPoison({ queue, text }: ModelMessage): void {
    const poison = poisonQueueName(queue);
    if (poison !== undefined) this.#around.queues.put(poison, text, { timeToLiveSeconds: POISON_LIFE_SECONDS });
  }

  async #invoke(queue: string, id: string, text: string, dequeueCount: number): Promise<boolean> {
    const instance = this.#withRoom(queue);
    return instance === undefined ? false : this.#invokeOn(instance, queue, id, text, dequeueCount);
  }

  /** True if the function came to its end; never settles if its instance dies. */
  async #invokeOn(instance: Instance, queue: string, id: string, text: string, dequeueCount: number): Promise<boolean> {
    const { note } = this.#around;
    const counts = this.#underWay.get(instance.life.number);
    counts?.set(queue, (counts.get(queue) ?? 0) + 1);
    note(instance.life.number, "begins", `${queue} ${id} ${dequeueCount}`);
    let isDone = true;
    try {
      await handleMessage(instance.app, { id, queue, text, dequeueCount });
    } catch (error) {
      isDone = false;
      note(instance.life.number, "throws", String(error));
    }
    note(instance.life.number, isDone ? "ends" : "fails", `${queue} ${id}`);
    counts?.set(queue, (counts.get(queue) ?? 1) - 1);
    this.#handOutNext(queue);
    return isDone;
  }

  #withRoom(queue: string): Instance | undefined {
    if (this.#disabled.has(queue)) return undefined;
    const roomy = this.#instances.filter(({ life }) => (this.#underWay.get(life.number)?.get(queue) ?? 0) < SLOTS);
    return roomy[Math.floor(this.#around.fates.share(`instance for ${queue}`) * roomy.length)];
  }
}

/** A queue that is a poison queue itself has none. */
function hasPoisonQueue({ queue }: ModelMessage): boolean {
  return poisonQueueName(queue) !== undefined;
}

/** A message, by its queue and text: its id differs from telling to telling. */
function nameOf({ queue, text }: ModelMessage): string {
  return `${queue} ${text.length > 200 ? `${text.slice(0, 60)} ${text.slice(-140)}` : text}`;
}
