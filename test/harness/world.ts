// Everything around the app in one place: Azurite, the Altinn simulator, a clock that is set, and the queues' host.

import { z } from "zod";
import { type ClientKey, createClientKey } from "../../local/altinn-simulator/clientKey.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../local/altinn-simulator/start.ts";
import { ownQueuesIn } from "../../local/start/storage.ts";
import { type Announcement, announcementSchema } from "../../shared/announcements/announcement.ts";
import { type App, type AppOptions, createApp } from "../../shared/app.ts";
import { MINUTE } from "../../shared/clock.ts";
import { backlogQueuesOf } from "../../shared/senders/senders.ts";
import { readSettings, type Settings } from "../../shared/settings/settings.ts";
import { CONTAINERS, poisonQueueOf, QUEUES } from "../../shared/storage/names.ts";
import { createTelemetry } from "../../shared/telemetry/telemetry.ts";
import { asPiece } from "../../shared/telemetry/traces.ts";
import { nameOfAltinnCall, nameOfBlobCall, nameOfQueueCall } from "./callNames.ts";
import { runInChild } from "./childApp.ts";
import { handleMessage } from "./handleMessage.ts";
import { type Fault, type HttpProxy, startProxy } from "./proxy.ts";
import { type HostedMessage, QueueHost } from "./queueHost.ts";
import type { Storage, StorageAccount } from "./storage.ts";
import { TestClock } from "./testClock.ts";

export const RESOURCE = "my-resource";
export const CLIENT_ID = "test-client";

export interface WorldOptions {
  readonly simulator?: Partial<SimulatorOptions>;
  readonly settings?: Readonly<Record<string, string>>;
  readonly statusQueues?: readonly string[];
  /** Another world whose simulator this one shares: two deployments, one Altinn. */
  readonly altinn?: World;
  /** Told when a call meets silence: the time limits of the app can be made to run out then. */
  readonly onSilence?: () => void;
  /** How many messages are handled at once, if not one after the other. */
  readonly batchSize?: number;
}

export class World implements AsyncDisposable {
  readonly clock: TestClock;
  readonly storage: StorageAccount;
  readonly simulator: Simulator;
  readonly host: QueueHost;
  readonly logs: string[] = [];
  /** The most memory that the last child process had, in MiB. */
  peakMB = 0;
  /** The client's key, as Maskinporten knows it. */
  readonly key: ClientKey;
  #app: App;
  readonly #appOptions: Omit<AppOptions, "telemetry">;
  readonly #proxies: HttpProxy[];
  readonly #connect: () => Promise<Connection>;
  #connection: Connection;
  readonly #settings: Readonly<Record<string, string>>;
  #faults: { fault: Fault; seen: number }[] = [];
  #child: { kill(): void } | undefined;
  /** What apps that were killed still do in this process: it comes to nothing, and must have ended before we do. */
  readonly #abandoned: Promise<unknown>[] = [];
  readonly #ownsSimulator: boolean;

  private constructor(parts: {
    clock: TestClock;
    storage: StorageAccount;
    simulator: Simulator;
    app: App;
    proxies: HttpProxy[];
    connectApp: () => Promise<Connection>;
    connection: Connection;
    appOptions: Omit<AppOptions, "telemetry">;
    settings: Readonly<Record<string, string>>;
    ownsSimulator: boolean;
    logs: string[];
    key: ClientKey;
    batchSize: number | undefined;
    connect: (hooks: Hooks) => void;
  }) {
    this.clock = parts.clock;
    this.storage = parts.storage;
    this.simulator = parts.simulator;
    this.#app = parts.app;
    this.#appOptions = parts.appOptions;
    this.#proxies = parts.proxies;
    this.#connect = parts.connectApp;
    this.#connection = parts.connection;
    this.#settings = parts.settings;
    this.#ownsSimulator = parts.ownsSimulator;
    this.logs = parts.logs;
    this.key = parts.key;
    const dueAt = async (message: HostedMessage) => this.dueAt(message);
    this.host = new QueueHost(this.storage.queues, this.clock, dueAt, parts.batchSize, ownQueuesOf(parts.app.settings));
    this.#noteDelays(this.#app);
    parts.connect({
      faultAt: (name) => this.#faultAt(name),
      kill: () => this.#child?.kill(),
      onDone: (name) => this.host.mayHave(/^queue POST (.*)$/.exec(name)?.[1] ?? ""),
    });
  }

  static async start(storage: Storage, options: WorldOptions = {}): Promise<World> {
    const ownQueues = ownQueuesIn(options.settings?.SENDERS);
    const account = await storage.account([...(options.statusQueues ?? []), ...ownQueues]);
    const clock = options.altinn?.clock ?? new TestClock(Date.now());
    const key = await clientKey();
    let hooks: Hooks | undefined;
    const proxies: HttpProxy[] = [];
    const through = async (target: () => string, nameOf: (method: string, url: URL) => string) => {
      const proxy = await startProxy({
        target,
        nameOf,
        faultAt: (name) => hooks?.faultAt(name),
        kill: () => hooks?.kill(),
        onDone: (name) => hooks?.onDone(name),
        onSilence: options.onSilence,
      });
      proxies.push(proxy);
      return proxy;
    };
    // The issuer's address is part of what it signs, so it stays, whichever app calls.
    const maskinporten = await through(() => simulator.url, nameOfAltinnCall);
    const connectApp = async (): Promise<Connection> => {
      const own = await Promise.all([
        through(() => account.blobOrigin, nameOfBlobCall),
        through(() => account.queueOrigin, nameOfQueueCall),
        through(() => simulator.url, nameOfAltinnCall),
      ]);
      const [blob, queue, altinn] = own;
      return {
        settings: { CORRESPONDENCE_STORAGE: account.through(blob.url, queue.url), ALTINN_PLATFORM_URL: altinn.url },
        cut: () => {
          for (const proxy of own) proxy.cut();
        },
      };
    };
    const connection = await connectApp();
    const simulator: Simulator =
      options.altinn?.simulator ??
      (await startSimulator({
        clock,
        maskinportenIssuer: `${maskinporten.url}/maskinporten/`,
        expiresIn: 600,
        clients: [{ clientId: CLIENT_ID, keys: [key.publicJwk] }],
        subscriptionKey: "test-subscription-key",
        ...options.simulator,
      }));
    const settings = {
      ...connection.settings,
      ALTINN_ENVIRONMENT: "tt02",
      MASKINPORTEN_ISSUER: simulator.maskinportenIssuer,
      MASKINPORTEN_CLIENT_ID: CLIENT_ID,
      MASKINPORTEN_JWK: key.base64,
      ALTINN_SUBSCRIPTION_KEY: "test-subscription-key",
      ALTINN_RESOURCES: `${RESOURCE},cases,confidential-1`,
      ALTINN_EVENTS_ADDRESSES: "any",
      STATUS_QUEUES: (options.statusQueues ?? []).join(","),
      ...options.settings,
    };
    const logs: string[] = [];
    const telemetry = createTelemetry((level, line) => logs.push(`${level} ${line}`));
    const appOptions = { clock, random: () => 0.5 };
    const app = await createApp(checked(settings), { ...appOptions, telemetry });
    return new World({
      clock,
      storage: account,
      simulator,
      app,
      appOptions,
      proxies,
      connectApp,
      connection,
      settings,
      ownsSimulator: options.altinn === undefined,
      logs,
      key,
      batchSize: options.batchSize,
      connect: (connected) => {
        hooks = connected;
      },
    });
  }

  get app(): App {
    return this.#app;
  }

  /** A new process of the app: nothing is left of what the old one had in memory. Settings may change with it. */
  async restart(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    const telemetry = createTelemetry((level, line) => this.logs.push(`${level} ${line}`));
    const changed = { ...this.#settings, ...this.#connection.settings, ...settings };
    this.#app = await createApp(checked(changed), { ...this.#appOptions, telemetry });
    this.#noteDelays(this.#app);
  }

  /** Storage's own clock does not follow ours: what the app wants hidden is remembered here. */
  #noteDelays(app: App): void {
    const { queues } = app.sending;
    const put = queues.put.bind(queues);
    queues.put = async (queue, text, options = {}) => {
      // One that was killed does not know it, and goes on.
      if (app === this.#app) this.#hiddenUntil.set(`${queue} ${text}`, this.clock.now() + (options.delayMs ?? 0));
      await put(queue, text, options);
      // Some tests reach storage by other ways than the proxies.
      this.host.mayHave(queue);
    };
  }
  readonly #hiddenUntil = new Map<string, number>();

  /** The next call that matches meets the fault. */
  fault(fault: Fault): void {
    this.#faults.push({ fault, seen: 0 });
  }

  /** Lifts all faults. One that no call has met is a test that tests nothing. */
  clearFaults(): void {
    const unmet = this.#faults.filter(({ fault, seen }) => seen < (fault.nth ?? 1));
    this.#faults = [];
    if (unmet.length > 0)
      throw new Error(`No call met the fault at ${unmet.map(({ fault }) => fault.step).join(", ")}`);
  }

  /** Drops a message as a producer does. */
  async drop(message: unknown, queue: string = QUEUES.requests): Promise<void> {
    const text = typeof message === "string" ? message : JSON.stringify(message);
    await this.storage.queues.getQueueClient(queue).sendMessage(text, { messageTimeToLive: -1 });
    this.host.mayHave(queue);
  }

  /**
   * Handles every message that is due, until none is. `inChild`: each in a process of its own, which faults can kill;
   * `anew`: each by an app of its own in this process, which faults can kill too, without a process's cost. What is left
   * when the last of these has is handled here, by an app that is new: hundreds of processes take minutes.
   */
  async run(options: RunOptions = {}): Promise<void> {
    this.host.mayHaveAny();
    await this.#runKnown(options);
  }

  /** As `run`, where nobody else has put messages since. */
  async #runKnown({ inChild = false, anew = false }: RunOptions = {}): Promise<void> {
    let canDie = inChild || anew;
    const isForKill = this.#killsLeft() > 0;
    await this.host.run(async (message) => {
      if (canDie && isForKill && this.#killsLeft() === 0) {
        canDie = false;
        await this.restart();
      }
      if (!canDie) await this.handle(message);
      else if (inChild) await this.runInChild(message);
      else await this.runAnew(message);
    });
  }

  /** How many of the faults will kill once more. */
  #killsLeft(): number {
    const kills = this.#faults.filter(({ fault }) => fault.action === "kill");
    return kills.filter(({ fault, seen }) => seen < (fault.nth ?? 1) - 1 + (fault.times ?? 1)).length;
  }

  /** Moves the clock, lets Altinn do what falls due, and handles the messages. */
  async advance(milliseconds: number): Promise<void> {
    this.host.mayHaveAny();
    await this.#advanceKnown(milliseconds);
  }

  async #advanceKnown(milliseconds: number): Promise<void> {
    this.clock.advance(milliseconds);
    await this.simulator.control.advance();
    await this.#runKnown();
  }

  /** Advances from one due message to the next, until nothing waits or `limit` (milliseconds) has passed. */
  async settle(limit: number): Promise<void> {
    const end = this.clock.now() + limit;
    await this.run();
    for (let next = await this.host.nextDue(); next !== undefined && next <= end; next = await this.host.nextDue()) {
      await this.#advanceKnown(Math.max(next - this.clock.now(), 0));
    }
    if (this.clock.now() < end) await this.#advanceKnown(end - this.clock.now());
  }

  /** One run of the timer, and of the checks that it asks for. */
  async sweep(): Promise<void> {
    const { sweep } = await import("../../shared/upkeep/sweep.ts");
    await asPiece(() => sweep(this.app.sending, this.app.settings.followDays));
    await this.run();
  }

  /** Hands the app one of Altinn's events, as the webhook does. */
  async event(event: unknown): Promise<string> {
    const { receiveEvent } = await import("../../shared/tracking/receiveEvent.ts");
    return (await asPiece(() => receiveEvent(this.app.events, event))).kind;
  }

  /** Handles a message in this process. */
  async handle(message: HostedMessage): Promise<void> {
    await handleMessage(this.app, message);
  }

  /**
   * Handles a message by an app of its own in this process; throws if that is killed. A killed one is cut off from
   * everything at that moment, and forgotten with what it had in memory: all that anybody else sees of a dead process.
   */
  async runAnew(message: HostedMessage): Promise<void> {
    await this.restart();
    const connection = this.#connection;
    const { promise: killed, reject } = Promise.withResolvers<never>();
    let isKilled = false;
    this.#child = {
      kill: () => {
        isKilled = true;
        connection.cut();
        reject(new Error("The app was killed"));
      },
    };
    const work = handleMessage(this.app, message);
    try {
      await Promise.race([work, killed]);
    } finally {
      this.#child = undefined;
      if (isKilled) {
        this.#abandoned.push(work.catch(() => undefined));
        this.#connection = await this.#connect();
        await this.restart();
      }
    }
  }

  /** Handles a message in a process of its own; throws if that dies. */
  async runInChild(message: HostedMessage, settings: Readonly<Record<string, string>> = {}): Promise<void> {
    const now = this.clock.now();
    const own = { ...this.#settings, ...this.#connection.settings, ...settings };
    const child = await runInChild({ settings: own, now, message });
    this.#child = child;
    try {
      const { logs, peakMB } = await child.finished;
      this.logs.push(...logs);
      this.peakMB = peakMB;
    } finally {
      this.#child = undefined;
    }
  }

  /** The announcements so far, in order; they stay on the queue. */
  async announcements(queue: string = QUEUES.announcements): Promise<Announcement[]> {
    const texts = await this.host.peekAll(queue);
    return texts.map((text) => announcementSchema.parse(JSON.parse(text)));
  }

  /** Types and reasons of the announcements, short: `sent`, `rejected recipientReserved`, `published`. */
  async told(queue?: string): Promise<string[]> {
    return (await this.announcements(queue)).map(({ type, data }) =>
      [type.split(".").at(-1), data.reason].filter((part) => part !== undefined).join(" "),
    );
  }

  /** What has been told of dispatches and requests alone, statuses left out. */
  async ends(queue?: string): Promise<string[]> {
    const types = (await this.announcements(queue)).map(({ type }) => type.includes(".dispatch."));
    return (await this.told(queue)).filter((_told, index) => types[index]);
  }

  /** Names of all calls so far to storage and Altinn, as the proxies saw them. */
  get calls(): string[] {
    return this.#proxies.flatMap((proxy) => proxy.calls);
  }

  forgetCalls(): void {
    for (const proxy of this.#proxies) proxy.calls.length = 0;
  }

  /** The letters that exist in Altinn. */
  letters() {
    return this.simulator.control.correspondences();
  }

  async deadLetters(): Promise<{ name: string; value: DeadLetterSummary }[]> {
    return (await this.blobs(CONTAINERS.deadLetters)).map(({ name, value }) => ({
      name,
      value: deadLetterSummary.parse(value),
    }));
  }

  async records(kind: "requests" | "dispatches" | "correspondences"): Promise<unknown[]> {
    return (await this.blobs(CONTAINERS.state, `${kind}/`)).map(({ value }) => value);
  }

  async blobs(container: string, prefix = ""): Promise<{ name: string; value: unknown }[]> {
    const client = this.storage.blobs.getContainerClient(container);
    const found: { name: string; value: unknown }[] = [];
    for await (const { name } of client.listBlobsFlat({ prefix })) {
      const content = await client.getBlobClient(name).downloadToBuffer();
      found.push({ name, value: JSON.parse(content.toString("utf8")) });
    }
    return found;
  }

  async putAttachment(path: string, content: Buffer): Promise<void> {
    await this.storage.blobs.getContainerClient(CONTAINERS.attachments).getBlockBlobClient(path).uploadData(content);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#abandoned);
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
    if (this.#ownsSimulator) await this.simulator.close();
    this.clearFaults();
  }

  #faultAt(name: string): Fault | undefined {
    for (const entry of this.#faults) {
      if (!entry.fault.step.test(name)) continue;
      entry.seen++;
      const first = entry.fault.nth ?? 1;
      if (entry.seen >= first && entry.seen < first + (entry.fault.times ?? 1)) return entry.fault;
    }
    return undefined;
  }

  /** When a message is due. What a child process has put is known by its record; what producers drop is due at once. */
  private async dueAt(message: HostedMessage): Promise<number> {
    const noted = this.#hiddenUntil.get(`${message.queue} ${message.text}`);
    const isDispatch = message.queue.startsWith(QUEUES.dispatches) && !message.queue.endsWith(poisonQueueOf(""));
    if (noted !== undefined || !isDispatch) return noted ?? 0;
    const { dispatchId, requestHash, generation = 0 } = workMessageIn(message.text);
    if (requestHash !== undefined) {
      const request = await this.#read(CONTAINERS.state, `requests/${requestHash}.json`, preparationSummary);
      return request?.preparation.generation === generation ? request.preparation.nextStepAt : 0;
    }
    const record = await this.#read(CONTAINERS.state, `dispatches/${dispatchId}.json`, dispatchSummary);
    return record?.generation === generation && record.state === "waiting" ? record.nextAttemptAt : 0;
  }

  async #read<T>(container: string, name: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const blob = this.storage.blobs.getContainerClient(container).getBlobClient(name);
    if (!(await blob.exists())) return undefined;
    return schema.parse(JSON.parse((await blob.downloadToBuffer()).toString("utf8")));
  }
}

/** How messages are handled, if not all by one app in this process. */
interface RunOptions {
  readonly inChild?: boolean;
  readonly anew?: boolean;
}

/** What leads an app to storage and Altinn, until that app is dead. */
interface Connection {
  readonly settings: Readonly<Record<string, string>>;
  cut(): void;
}

/** What the proxies ask of and tell the world. */
interface Hooks {
  faultAt(name: string): Fault | undefined;
  kill(): void;
  onDone(name: string): void;
}

/** The queues of senders that have their own. */
function ownQueuesOf({ senders }: Settings): string[] {
  return senders.filter(({ hasOwnQueue }) => hasOwnQueue).flatMap(backlogQueuesOf);
}

let sharedKey: Promise<ClientKey> | undefined;

/** One key for the worlds of all tests of a file: to make one costs more than to send a letter. */
function clientKey(): Promise<ClientKey> {
  sharedKey ??= createClientKey();
  return sharedKey;
}

const workMessage = z.object({
  dispatchId: z.string().optional(),
  requestHash: z.string().optional(),
  generation: z.number().optional(),
});

/** What a text on `dispatches` names; nothing where it is none of the app's messages. */
function workMessageIn(text: string): z.infer<typeof workMessage> {
  try {
    return workMessage.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
}

const dispatchSummary = z.object({ generation: z.number(), state: z.string(), nextAttemptAt: z.number() });
const preparationSummary = z.object({ preparation: z.object({ generation: z.number(), nextStepAt: z.number() }) });

const deadLetterSummary = z.looseObject({
  reason: z.string(),
  end: z.string(),
  request: z.unknown().optional(),
  raw: z.string().optional(),
});
type DeadLetterSummary = z.infer<typeof deadLetterSummary>;

/** More than the longest POST of a letter without files, and the time that Altinn may need after it. */
export const LONG_AFTER_A_POST = 30 * MINUTE;

function checked(settings: Readonly<Record<string, string>>): Settings {
  const read = readSettings(settings);
  if (!read.ok) throw new Error(`The test's settings are wrong: ${read.problems.map(({ key }) => key).join(", ")}`);
  return read.settings;
}
