// One instance of the app: the real code over models, each of whose calls waits for its turn, can fail, and can be the last.

import { Readable } from "node:stream";
import type { Random } from "../chaos/random.ts";
import { type App, wireApp } from "../shared/app.ts";
import type { AttachmentBlobs } from "../shared/attachments/attachmentBlobs.ts";
import type { RequestBlobs } from "../shared/intake/requestBlobs.ts";
import type { Settings } from "../shared/settings/settings.ts";
import type { JsonBlobs } from "../shared/storage/jsonBlobs.ts";
import type { Queues } from "../shared/storage/queues.ts";
import { createTelemetry } from "../shared/telemetry/telemetry.ts";
import type { ModelAltinn } from "./altinn.ts";
import { altinnClient } from "./altinnClient.ts";
import type { ModelBlobs } from "./blobs.ts";
import type { CallFate, Fates } from "./fates.ts";
import type { Odds } from "./odds.ts";
import type { ModelQueues } from "./queues.ts";
import type { Timeline } from "./timeline.ts";

/** What all instances share. */
export interface Surroundings {
  readonly settings: Settings;
  readonly timeline: Timeline;
  /** For the app's own choices. */
  readonly random: Random;
  readonly fates: Fates;
  /** As they are now: calm returns. */
  odds(): Odds;
  isAltinnDown(): boolean;
  readonly state: ModelBlobs;
  readonly accepted: ModelBlobs;
  readonly deadLetters: ModelBlobs;
  readonly attachments: ModelBlobs;
  readonly requests: ModelBlobs;
  readonly queues: ModelQueues;
  readonly altinn: ModelAltinn;
  /** Told of everything that happens: which instance, what, and what about it is not as usual. */
  note(instance: number, what: string, more?: string): void;
  /** Told that an instance has died. */
  onDeath(instance: Instance): void;
}

/** An error as the storage library throws it. */
export class StorageFault extends Error {
  override readonly name = "RestError";
  readonly statusCode: number;
  readonly code: string;
  constructor(statusCode: number, code: string) {
    super(`Storage answered ${statusCode} ${code}`);
    this.statusCode = statusCode;
    this.code = code;
  }
}

/** One process that runs the app, until it dies. */
export class Instance {
  readonly number: number;
  readonly app: App;
  readonly #around: Surroundings;
  #isAlive = true;
  /** How far its clock is ahead, in milliseconds. */
  readonly skew: number;

  constructor(number: number, around: Surroundings) {
    this.number = number;
    this.#around = around;
    const { timeline, random, settings, fates } = around;
    this.skew = Math.round((fates.share("clock") * 2 - 1) * around.odds().clockSkewMs);
    const startedAt = timeline.now;
    const clock = { now: () => timeline.now + this.skew, elapsed: () => timeline.now - startedAt, scale: 1 };
    const telemetry = createTelemetry((level, line) => {
      if (level !== "info") around.note(number, "log", line);
    });
    this.app = wireApp(
      settings,
      { clock, telemetry, random: random.next },
      {
        ...altinnClient(this, around, clock),
        queues: this.#queues(),
        containers: {
          state: this.#documents("state", around.state),
          accepted: this.#documents("accepted", around.accepted),
          deadLetters: this.#documents("dead-letters", around.deadLetters),
        },
        attachments: this.#attachments(),
        requestBlobs: this.#requestBlobs(),
      },
    );
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** A call to storage: it waits for its turn, does its work then, and may fail or be the last. */
  storage<T>(call: string, work: () => T): Promise<T> {
    const { fates } = this.#around;
    const fate = fates.ofCall("storage", call);
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

  /** From now on none of its calls comes back. */
  #die(when: string): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#around.note(this.number, "dies", when);
    this.#around.onDeath(this);
  }

  /** How long a call takes, in milliseconds: mostly short, sometimes long. */
  #latency(call: string): number {
    const { fates, odds } = this.#around;
    const share = fates.share(call) * 10;
    return 1 + odds().latencyMs * (share % 1) * (share < 9 ? 0.1 : 1);
  }

  #documents(container: string, model: ModelBlobs): JsonBlobs {
    const call = <T>(name: string, work: () => T) => this.storage(name, work);
    const storage = <T>(verb: string, name: string, work: () => T) => call(`${verb} ${container} ${name}`, work);
    return {
      read: (name) => storage("GET", name, () => model.read(name)),
      create: (name, value, tags) => storage("PUT", name, () => model.create(name, value, tags)),
      replace: (name, value, etag, tags) => storage("PUT", name, () => model.replace(name, value, etag, tags)),
      remove: (name, etag) => storage("DELETE", name, () => model.remove(name, etag)),
      exists: (name) => storage("HEAD", name, () => model.exists(name)),
      async *find(where) {
        yield* await call(`FIND ${container}`, () => model.find(where));
      },
      async findPage(where, limit, token) {
        const all = await call(`FIND ${container}`, () => model.find(where));
        const from = token === undefined ? 0 : Number(token);
        const next = from + limit < all.length ? { next: String(from + limit) } : {};
        return { found: all.slice(from, from + limit), ...next };
      },
      async *list() {
        yield* await call(`LIST ${container}`, () => model.list());
      },
      isEmpty: (exceptFor) => call(`LIST ${container}`, () => model.isEmpty(exceptFor)),
    };
  }

  #queues(): Queues {
    const { queues } = this.#around;
    return {
      put: async (queue, text, options) => {
        await this.storage(`POST ${queue}`, () => queues.put(queue, text, options));
      },
      isBehind: (queue) => this.storage(`PEEK ${queue}`, () => queues.peek(queue, 32) === 32),
      isEmpty: (queue) => this.storage(`COUNT ${queue}`, () => queues.length(queue) === 0),
      length: (queue) => this.storage(`COUNT ${queue}`, () => queues.length(queue)),
    };
  }

  #attachments(): AttachmentBlobs {
    const { attachments: model } = this.#around;
    return {
      look: (path) =>
        this.storage(`HEAD attachments ${path}`, () => {
          const blob = model.text(path);
          return blob && { sizeBytes: Buffer.byteLength(blob.text), etag: blob.etag };
        }),
      use: (path) =>
        this.storage(`GET attachments ${path}`, () => {
          const blob = model.text(path);
          return blob === undefined || blob.text === "" ? undefined : blob.etag;
        }),
      open: async (path, etag) => {
        const text = await this.storage(`GET attachments ${path}`, () => {
          const blob = model.text(path);
          if (blob?.etag !== etag) throw new StorageFault(412, "ConditionNotMet");
          return blob.text;
        });
        return Readable.from([Buffer.from(text)], { objectMode: false });
      },
    };
  }

  #requestBlobs(): RequestBlobs {
    const { requests: model } = this.#around;
    return {
      read: (path, maxBytes) =>
        this.storage(`GET requests ${path}`, () => {
          const blob = model.text(path);
          if (blob === undefined) return { kind: "missing" };
          const content = Buffer.from(blob.text);
          if (content.length > maxBytes) return { kind: "tooLarge", sizeBytes: content.length };
          return { kind: "found", content, etag: blob.etag };
        }),
      remove: async (path, etag) => {
        await this.storage(`DELETE requests ${path}`, () => model.remove(path, etag));
      },
    };
  }
}

function isDeath(fate: CallFate): boolean {
  return fate === "dies before" || fate === "dies after";
}
