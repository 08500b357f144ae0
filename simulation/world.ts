// One simulated world: models of everything around the app, instances that run it, and whoever drops requests and mends what is wrong.
import "./loadAhead.ts";
import { createHash, randomUUID } from "node:crypto";
import { ATTACHMENT_BLOBS } from "../chaos/attachments.ts";
import { seededRandom } from "../chaos/random.ts";
import type { RecipientAction } from "../shared/altinn/recipientActions.ts";
import { DAY, HOUR, MINUTE } from "../shared/clock.ts";
import { askForReplay, dropDeadLetter } from "../shared/deadLetters/deadLetters.ts";
import { setBrake } from "../shared/pausing/emergencyBrake.ts";
import type { DeadLetter } from "../shared/records/deadLetter.ts";
import { createStateStore, type StateStore } from "../shared/records/stateStore.ts";
import type { Settings } from "../shared/settings/settings.ts";
import { QUEUES } from "../shared/storage/names.ts";
import { ModelAltinn } from "./altinn.ts";
import { ModelBlobs } from "./blobs.ts";
import type { Fates } from "./fates.ts";
import { ModelHost, workQueuesOf } from "./host.ts";
import { emptyContainers, type Surroundings } from "./life.ts";
import type { Odds } from "./odds.ts";
import { inOwnWorld } from "./ownWorld.ts";
import { ModelQueues } from "./queues.ts";
import type { DroppedWish } from "./received.ts";
import { FOLDERS_OF_FILES, type PlannedDrop, type PlannedSenders } from "./senders.ts";
import { type CallOf, documentsOf, queuesOf } from "./storageClient.ts";
import { Timeline } from "./timeline.ts";

/** Something that happened. */
export interface Moment {
  /** Milliseconds since the history began. */
  readonly at: number;
  /** Which instance; 0: nobody's. */
  readonly instance: number;
  readonly what: string;
  /** What was not as usual. */
  readonly more: string;
}

/** What a world is made of. */
export interface WorldOptions {
  readonly seed: number;
  readonly settings: Settings;
  readonly odds: Odds;
  /** What trouble one of several senders is in. */
  readonly senders?: PlannedSenders | undefined;
  /** What goes wrong, by the odds as they are at the time. */
  readonly fates: (odds: () => Odds) => Fates;
  /** Told of everything that happens, in order. */
  readonly trace?: ((moment: Moment) => void) | undefined;
  /** The world's own, if not another's. */
  readonly altinn?: ModelAltinn;
}

/** How often the timer runs, as CHECK_SCHEDULE has it; and once nothing happens any more, often enough for the daily chores. */
export const SWEEP_EVERY = 15 * MINUTE;
export const SWEEP_EVERY_LATER = 3 * HOUR;

/** So many characters are hashed at once. */
const LINES = 50_000;

/** What is a call, as it is noted. */
const CALL = /^[A-Z]+ /;

/** Which sender made it, if it is not the deployment. */
const SENDER = / as ([a-z0-9-]+)$/;

/** A POST of a letter. */
export interface Posted {
  readonly at: number;
  readonly sender: string | undefined;
}

/** Does `live` in a world of its own: its time is the process's while it lasts. */
export async function inWorld<T>(options: WorldOptions, live: (world: SimulatedWorld) => Promise<T>): Promise<T> {
  const { seed } = options;
  const startsAt = Date.UTC(2026, 0, 5, 6) + Math.floor(seededRandom(seed, "start").next() * 300) * DAY;
  const timeline = new Timeline(startsAt);
  return inOwnWorld(timeline, seededRandom(seed, "process"), () => live(new SimulatedWorld(options, timeline)));
}

/** A world. Its instances are started by {@link SimulatedWorld.start}. */
export class SimulatedWorld {
  readonly timeline: Timeline;
  readonly around: Surroundings;
  readonly host: ModelHost;
  readonly startsAt: number;
  readonly #hash = createHash("sha256");
  /** What has happened and is not in the hash yet: that takes many lines as fast as one. */
  #lines = "";
  readonly #trace: WorldOptions["trace"];
  /** What it was made of. */
  readonly options: WorldOptions;
  #odds: Odds;
  #isCalm = false;
  /** How many calls the app has made since calm returned, and outside of it none. */
  callsInCalm = 0;
  /** When the ends of dead letters had come that somebody had sent again, in epoch milliseconds, by their names. */
  readonly replayed = new Map<string, number>();
  /** Dead letters that were dropped, as they were, by name. */
  readonly dropped = new Map<string, DeadLetter>();
  /** What readers of letters to the organisation have asked for. */
  readonly wishes: DroppedWish[] = [];
  /** When calm returned, in epoch milliseconds. */
  calmSince = Number.POSITIVE_INFINITY;
  /** When a POST of a letter came to Altinn, in milliseconds since the history began, and whose. */
  readonly posted: Posted[] = [];
  /** The odds that it began with. */
  readonly drawn: Odds;

  constructor(options: WorldOptions, timeline: Timeline) {
    const { settings, odds, fates: fatesBy, trace } = options;
    this.options = options;
    this.timeline = timeline;
    this.startsAt = timeline.now;
    this.drawn = odds;
    this.#odds = odds;
    this.#trace = trace;
    const now = () => timeline.now;
    const current = () => this.#odds;
    const fates = fatesBy(current);
    const container = () => new ModelBlobs({ now, lag: () => fates.share("index") * this.#odds.indexLagMs });
    this.around = {
      settings,
      timeline,
      fates,
      odds: current,
      isStorageDown: (part) => {
        const { storageOutage } = this.#odds;
        if (storageOutage === undefined || ![part, "both"].includes(storageOutage.of)) return false;
        return isWithin(storageOutage, timeline.now - this.startsAt);
      },
      isRefused: (sender) => {
        const { refused } = options.senders ?? {};
        return refused?.sender === sender && isWithin(refused, timeline.now - this.startsAt);
      },
      isAltinnDown: () => isWithin(this.#odds.outage, timeline.now - this.startsAt),
      ...emptyContainers(container),
      queues: new ModelQueues({ now, newId: randomUUID, onHidden: (message) => this.host.onHidden(message) }),
      altinn: options.altinn ?? new ModelAltinn({ timeline, fates, odds: current }),
      note: (instance, what, more = "") => this.note(instance, what, more),
      onDeath: (number) => this.host.onDeath(number),
    };
    this.host = new ModelHost(this.around);
    this.around.altinn.subscribers.push((event) => this.host.push(event));
    for (const [path, text] of ATTACHMENT_BLOBS) {
      for (const folder of FOLDERS_OF_FILES) this.around.attachments.put(`${folder}${path}`, text);
    }
  }

  /** Of everything that has happened. */
  get digest(): string {
    return this.#hash.copy().update(this.#lines).digest("hex");
  }

  note(instance: number, what: string, more = ""): void {
    const at = Math.round(this.timeline.now - this.startsAt);
    if (this.#isCalm && CALL.test(what)) this.callsInCalm++;
    if (what.startsWith("POST /correspondence") && more === "")
      this.posted.push({ at, sender: SENDER.exec(what)?.[1] });
    this.#lines += `${at} ${instance} ${what} ${more}`;
    if (this.#lines.length > LINES) {
      this.#hash.update(this.#lines);
      this.#lines = "";
    }
    this.#trace?.({ at, instance, what, more });
  }

  /** From now on things go wrong as these odds say; with nothing in them, it is calm. */
  turn(odds: Odds, isCalm: boolean): void {
    this.#odds = odds;
    this.#isCalm = isCalm;
    if (isCalm) {
      this.calmSince = this.timeline.now;
      this.host.setClocks(0);
    }
    this.note(0, isCalm ? "calm" : "trouble");
  }

  /** A producer drops a message. */
  drop({ text, requestBlob, queue = QUEUES.requests }: Omit<PlannedDrop, "at">): void {
    const { requests, fates } = this.around;
    if (requestBlob) {
      const { path } = requestBlob;
      requests.put(path, requestBlob.text);
      // Its producer takes it for done with.
      if (fates.happens("blob gone", path))
        this.timeline.after(fates.share(path) ** 3 * HOUR, () => void requests.remove(path));
    }
    this.around.queues.put(queue, text);
  }

  /** A reader of letters to the organisation asks for something to be done with one. */
  wish(correspondenceId: string, action: RecipientAction): void {
    this.wishes.push({ correspondenceId, action, at: this.timeline.now });
    this.around.queues.put(QUEUES.requests, JSON.stringify({ received: { correspondenceId, action } }));
  }

  /** Another deployment, with storage of its own, beside the same Altinn. Its calls meet the same fates. */
  beside(): SimulatedWorld {
    const { altinn } = this.around;
    return new SimulatedWorld({ ...this.options, seed: this.options.seed + 1, altinn }, this.timeline);
  }

  /** The app is deployed anew, with other settings if they are given: all instances stop, and so many start. */
  deploy(settings: Settings = this.around.settings, instances = this.#odds.instances): void {
    this.note(0, "the app is deployed");
    this.host.stop();
    this.around.settings = settings;
    this.host.start(instances);
  }

  /** Every message on the app's queues of work is lost, hidden ones too. */
  loseMessages(): void {
    const { queues } = this.around;
    for (const queue of workQueuesOf(this.around.settings)) {
      for (const message of queues.messages(queue)) queues.lose(message);
    }
  }

  /** An operator pulls the brake, or lifts it; a sender's alone, if one is named. */
  async brake(isOn: boolean, sender?: string): Promise<void> {
    this.note(0, isOn ? "the brake is pulled" : "the brake is lifted");
    const set = { isOn, reason: "operator", now: this.timeline.now, sender } as const;
    await setBrake(documentsOf(atOnce, "state", this.around.state), set);
  }

  /** An operator asks for a dead letter to be sent again. False if there is none, or it cannot be. */
  async replay(name: string): Promise<boolean> {
    this.note(0, `a replay of ${name} is asked for`);
    const known = await this.store.deadLetters.read(name);
    if (known === undefined) return false;
    this.replayed.set(name, known.value.endedAt);
    await askForReplay(queuesOf(atOnce, this.around.queues), name, known.value);
    return true;
  }

  /** An operator deletes a dead letter for good, one call after the other. */
  async dropDeadLetter(name: string): Promise<void> {
    this.note(0, `${name} is to be dropped`);
    const inTurn: CallOf = (call, work) =>
      new Promise((resolve) => {
        const { latencyMs } = this.#odds;
        this.timeline.after(1 + latencyMs * this.around.fates.share(`operator's ${call}`), () => resolve(work()));
      });
    const store = this.#storeBy(inTurn);
    const known = await store.deadLetters.read(name);
    if (known === undefined) return;
    const outcome = await dropDeadLetter({ store, telemetry: { info() {}, warn() {}, alert() {} } }, name, known);
    this.note(0, `${name}: ${outcome}`);
    if (outcome === "dropped") this.dropped.set(name, known.value);
  }

  /** The records, as an operator reads them. */
  get store(): StateStore {
    return this.#storeBy(atOnce);
  }

  #storeBy(call: CallOf): StateStore {
    const { state, accepted, deadLetters } = this.around;
    return createStateStore({
      state: documentsOf(call, "state", state),
      accepted: documentsOf(call, "accepted", accepted),
      deadLetters: documentsOf(call, "dead-letters", deadLetters),
    });
  }

  /** Lets time go by, with the timer's runs at the full quarters or hours; the last run has time to come to its end. */
  async live(until: number, sweepEvery: number = SWEEP_EVERY): Promise<void> {
    const { timeline, host } = this;
    for (let next = (Math.floor(timeline.now / sweepEvery) + 1) * sweepEvery; next <= until; next += sweepEvery) {
      await timeline.run(next);
      if (this.#isCalm) host.putBack();
      void host.runTimer();
    }
    await timeline.run(until + 10 * MINUTE);
  }
}

/** A call of somebody who waits for nothing, and to whom nothing happens. */
const atOnce: CallOf = async (_name, work) => work();

function isWithin(span: Odds["outage"], time: number): boolean {
  return span !== undefined && time >= span.from && time < span.to;
}
