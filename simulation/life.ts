// The life of one instance: each of its calls waits for its turn, can fail, and can be the last.
import type { Settings } from "../shared/settings/settings.ts";
import type { ModelAltinn } from "./altinn.ts";
import type { ModelBlobs } from "./blobs.ts";
import type { CallFate, Fates } from "./fates.ts";
import { ModelInbox } from "./inbox.ts";
import type { Odds } from "./odds.ts";
import type { ModelQueues } from "./queues.ts";
import { StorageFault } from "./storageFault.ts";
import type { Timeline } from "./timeline.ts";

/** The containers of a storage account. */
export interface Containers {
  readonly state: ModelBlobs;
  readonly accepted: ModelBlobs;
  readonly deadLetters: ModelBlobs;
  readonly attachments: ModelBlobs;
  /** Files that say they are larger than what they hold, by path, in bytes. */
  readonly sizes: Map<string, number>;
  readonly requests: ModelBlobs;
  readonly inbox: ModelInbox;
}

/** All containers, with nothing in them. */
export function emptyContainers(container: () => ModelBlobs): Containers {
  return {
    state: container(),
    accepted: container(),
    deadLetters: container(),
    attachments: container(),
    sizes: new Map(),
    requests: container(),
    inbox: new ModelInbox(container()),
  };
}

/** What all instances share. */
export interface Surroundings extends Containers {
  /** As they are deployed now: those of instances that start. */
  settings: Settings;
  readonly timeline: Timeline;
  readonly fates: Fates;
  /** As they are now: calm returns. */
  odds(): Odds;
  isAltinnDown(): boolean;
  /** Maskinporten refuses this sender now. */
  isRefused(sender: string): boolean;
  isStorageDown(part: "blobs" | "queues"): boolean;
  readonly queues: ModelQueues;
  readonly altinn: ModelAltinn;
  /** Told of everything that happens: which instance, what, and what about it is not as usual. */
  note(instance: number, what: string, more?: string): void;
  /** Told that an instance has died. */
  onDeath(instance: number): void;
}

/** What is asked of queues; the rest is asked of blobs. */
const QUEUE_CALL = /^(?:POST|PEEK|COUNT) /;

/** A process, until it dies: then none of its calls comes back. */
export class Life {
  /** Names the instance among the others, from 1. */
  readonly number: number;
  readonly #around: Surroundings;
  #isAlive = true;
  /** How far its clock is ahead of the time, in milliseconds. */
  skewMs = 0;

  constructor(number: number, around: Surroundings) {
    this.number = number;
    this.#around = around;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** A call to storage: it waits for its turn, does its work then, and may fail or be the last. */
  storage<T>(call: string, work: () => T): Promise<T> {
    const { fates, isStorageDown } = this.#around;
    const isDown = isStorageDown(QUEUE_CALL.test(call) ? "queues" : "blobs");
    const fate = fates.ofCall("storage", call) ?? (isDown ? "refused" : undefined);
    if (fate === undefined || isDeath(fate)) return this.wait(call, work, fate);
    return this.wait(
      call,
      () => {
        if (fate === "refused") throw new StorageFault(fates.share(call) < 0.5 ? 500 : 503, "ServerBusy");
        const answer = work();
        if (fate === "lost") throw new StorageFault(500, "OperationTimedOut");
        return fate === "repeated" ? work() : answer;
      },
      fate,
    );
  }

  /**
   * Does `work` when the call's turn comes, unless the instance dies before. What has gone out from an instance that died since
   * may still be done.
   */
  wait<T>(call: string, work: () => T, fate?: CallFate, delayMs: number = this.#latency(call)): Promise<T> {
    if (!this.#isAlive) return new Promise(() => {});
    const { timeline, fates, note } = this.#around;
    return new Promise((resolve, reject) => {
      timeline.after(delayMs, () => {
        if (this.#isAlive && fate === "dies before") return this.#die(`before ${call}`);
        if (!this.#isAlive && fates.share(call) < 0.5) return;
        try {
          const answer = work();
          note(this.number, call, fate);
          if (fate === "dies after") this.#die(`after ${call}`);
          if (this.#isAlive) resolve(answer);
        } catch (error) {
          note(this.number, call, fate);
          if (this.#isAlive) reject(error);
        }
      });
    });
  }

  /** Ends as where another version is deployed: nothing that it does comes to its end, and nothing takes its place. */
  stop(): void {
    this.#isAlive = false;
    this.#around.note(this.number, "stops");
  }

  #die(when: string): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#around.note(this.number, "dies", when);
    this.#around.onDeath(this.number);
  }

  /** How long a call takes, in milliseconds: mostly short, sometimes long. */
  #latency(call: string): number {
    const { fates, odds } = this.#around;
    const told = fates.takes?.(call);
    if (told !== undefined) return told;
    const share = fates.share(call) * 10;
    return 1 + odds().latencyMs * (share % 1) * (share < 9 ? 0.1 : 1);
  }
}

function isDeath(fate: CallFate): boolean {
  return fate === "dies before" || fate === "dies after";
}
