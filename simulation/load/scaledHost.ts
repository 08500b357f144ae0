// The Functions host under load: each queue function has instances of its own, which take batches; events share theirs.
import type { AltinnEvent } from "../../local/altinn-simulator/state.ts";
import { fateAfterRun, pollDelay } from "../../local/functions-host/queueMessage.ts";
import { SECOND } from "../../shared/clock.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { handleMessage, WEBHOOK } from "../../test/harness/handleMessage.ts";
import { type Instance, startInstance } from "../instance.ts";
import type { Surroundings } from "../life.ts";
import type { ModelMessage } from "../queues.ts";
import { type ScaleRules, wantedInstances } from "./rules.ts";
import { TARGETS, type Throttle } from "./throttle.ts";

/** How long the host's own calls to storage take, in milliseconds. */
const STORAGE_MS = 10;
const HIDDEN_MS = 600_000;
const AFTER_FAILURE_MS = 30_000;
const MAX_DEQUEUE_COUNT = 5;

/** One process of a function. */
interface Worker {
  readonly instance: Instance;
  running: number;
  /** Called when an invocation has ended. */
  onEnd: (() => void) | undefined;
}

/** A function and its instances. */
interface Group {
  readonly workers: Worker[];
  /** What can be seen and is not taken yet. */
  readonly waiting: ModelMessage[];
  starting: number;
}

/** What the host has to do with: how many instances a function has, and what waits for it. */
export interface Standing {
  readonly instances: number;
  readonly waiting: number;
}

export class ScaledHost {
  readonly #around: Surroundings;
  readonly #throttle: Throttle;
  readonly #rules: ScaleRules;
  readonly #groups = new Map<string, Group>();
  readonly #waitingEvents: (() => void)[] = [];
  #started = 0;
  /** Invocations that failed. */
  failures = 0;
  /** How often an instance looked at a queue in vain. */
  vainLooks = 0;
  /** How long each request lay on its queue until it was taken, in milliseconds. */
  readonly waits: number[] = [];
  /** How long events were handled, all together, in milliseconds, and how many. */
  readonly events = { count: 0, milliseconds: 0 };
  /** The same of requests, until they were deleted. */
  readonly requests = { count: 0, milliseconds: 0 };
  /** Of each instance, by the number of its life: the queue that it takes from, or the webhook. */
  readonly taskOf = new Map<number, string>();

  constructor(around: Surroundings, throttle: Throttle, rules: ScaleRules) {
    this.#around = around;
    this.#throttle = throttle;
    this.#rules = rules;
  }

  /** So many instances of a function at first, by its queue or the webhook; one where nothing is said. */
  start(instances: Readonly<Record<string, number>>): void {
    for (const task of [QUEUES.requests, QUEUES.dispatches, QUEUES.statusChecks, WEBHOOK]) {
      for (let count = instances[task] ?? 1; count > 0; count--) this.#add(task);
    }
    this.#decideLater(this.#rules.decideEveryMs, [QUEUES.requests, QUEUES.dispatches, QUEUES.statusChecks]);
    // HTTP functions are scaled every second.
    this.#decideLater(SECOND, [WEBHOOK]);
  }

  /** A message is on its queue, and can be seen at some time. */
  onHidden(message: ModelMessage): void {
    const { timeline } = this.#around;
    if (message.dequeueCount > 0 && message.visibleAt - timeline.now >= HIDDEN_MS) return;
    timeline.at(message.visibleAt, () => this.#group(message.queue).waiting.push(message));
  }

  /** One of Altinn's events: it waits until an instance has room. False if it was not taken. */
  async push(event: AltinnEvent): Promise<boolean> {
    let worker = this.#roomy();
    while (worker === undefined) {
      await new Promise<void>((resolve) => this.#waitingEvents.push(resolve));
      worker = this.#roomy();
    }
    return this.#invoke(worker, WEBHOOK, event.id, JSON.stringify(event), 1);
  }

  /** How a function stands now, by its queue (or the webhook). */
  standing(task: string): Standing {
    const { workers, waiting } = this.#group(task);
    return { instances: workers.length, waiting: task === WEBHOOK ? this.#waitingEvents.length : waiting.length };
  }

  #group(task: string): Group {
    const group = this.#groups.get(task) ?? { workers: [], waiting: [], starting: 0 };
    this.#groups.set(task, group);
    return group;
  }

  #decideLater(everyMs: number, tasks: readonly string[]): void {
    this.#around.timeline.after(everyMs, () => {
      for (const task of tasks) this.#decide(task);
      this.#decideLater(everyMs, tasks);
    });
  }

  #decide(task: string): void {
    const group = this.#group(task);
    const running = group.workers.reduce((sum, worker) => sum + worker.running, 0);
    const now = group.workers.length + group.starting;
    const rules = task === WEBHOOK ? { ...this.#rules, batchSize: this.#rules.httpConcurrency } : this.#rules;
    const messages = running + (task === WEBHOOK ? this.#waitingEvents.length : group.waiting.length);
    for (let more = wantedInstances(messages, now, rules) - now; more > 0; more--) {
      group.starting++;
      this.#around.timeline.after(this.#rules.startMs, () => {
        group.starting--;
        this.#add(task);
      });
    }
  }

  #add(task: string): void {
    const worker = { instance: startInstance(++this.#started, this.#around), running: 0, onEnd: undefined };
    this.taskOf.set(this.#started, task);
    this.#group(task).workers.push(worker);
    if (task === WEBHOOK)
      for (let room = 0; room < this.#rules.httpConcurrency; room++) this.#waitingEvents.shift()?.();
    else void this.#poll(task, worker);
  }

  async #poll(queue: string, worker: Worker): Promise<void> {
    const { batchSize, newBatchThreshold, maxPollingMs } = this.#rules;
    for (let emptyPolls = 0; ; ) {
      if (worker.running > newBatchThreshold) {
        await new Promise<void>((resolve) => {
          worker.onEnd = resolve;
        });
        continue;
      }
      await this.#pass(STORAGE_MS + this.#throttle.wait("account", TARGETS.account));
      const taken = this.#take(queue, batchSize);
      const waitMs = this.#throttle.wait(`queue ${queue}`, TARGETS.queue, taken.length);
      if (waitMs > 0) await this.#pass(waitMs);
      for (const [message, receipt] of taken) void this.#handle(worker, message, receipt);
      emptyPolls = taken.length > 0 ? 0 : emptyPolls + 1;
      if (emptyPolls > 0) this.vainLooks++;
      if (emptyPolls > 0) await this.#pass(pollDelay(emptyPolls, maxPollingMs, Math.random()));
    }
  }

  #take(queue: string, most: number): (readonly [ModelMessage, number])[] {
    const { waiting } = this.#group(queue);
    const taken: (readonly [ModelMessage, number])[] = [];
    while (taken.length < most) {
      const message = waiting.shift();
      if (message === undefined) break;
      const receipt = this.#around.queues.take(message, HIDDEN_MS);
      if (receipt === undefined) continue;
      taken.push([message, receipt]);
      if (queue === QUEUES.requests) this.waits.push(this.#around.timeline.now - message.insertedAt);
    }
    return taken;
  }

  async #handle(worker: Worker, message: ModelMessage, receipt: number): Promise<void> {
    const { queues, timeline } = this.#around;
    const { id, queue, text, dequeueCount } = message;
    const began = timeline.now;
    worker.running++;
    const isDone = await this.#invoke(worker, queue, id, text, dequeueCount);
    const fate = fateAfterRun(isDone, dequeueCount, MAX_DEQUEUE_COUNT, true);
    await this.#pass(STORAGE_MS + this.#storage(queue));
    if (fate === "delete") queues.remove(message, receipt);
    else queues.hide(message, receipt, AFTER_FAILURE_MS);
    if (queue === QUEUES.requests) {
      this.requests.count++;
      this.requests.milliseconds += timeline.now - began;
    }
    worker.running--;
    worker.onEnd?.();
    worker.onEnd = undefined;
  }

  /** True if the function came to its end. */
  async #invoke(worker: Worker, queue: string, id: string, text: string, dequeueCount: number): Promise<boolean> {
    const { timeline } = this.#around;
    const began = timeline.now;
    if (queue === WEBHOOK) worker.running++;
    let isDone = true;
    try {
      await handleMessage(worker.instance.app, { id, queue, text, dequeueCount });
    } catch {
      isDone = false;
      this.failures++;
    }
    if (queue !== WEBHOOK) return isDone;
    worker.running--;
    this.events.count++;
    this.events.milliseconds += timeline.now - began;
    this.#waitingEvents.shift()?.();
    return isDone;
  }

  #roomy(): Worker | undefined {
    return this.#group(WEBHOOK).workers.find(({ running }) => running < this.#rules.httpConcurrency);
  }

  /** An operation on a queue: how long it waits for room. */
  #storage(queue: string): number {
    return Math.max(
      this.#throttle.wait("account", TARGETS.account),
      this.#throttle.wait(`queue ${queue}`, TARGETS.queue),
    );
  }

  #pass(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.#around.timeline.after(milliseconds, resolve));
  }
}
