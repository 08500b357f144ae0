// A busy time, played with the app's own code: so many letters a second over models of storage, host and Altinn, with Azure's
// published limits, until each letter has been sent, published and read.
import "../loadAhead.ts";
import { randomUUID } from "node:crypto";
import { seededRandom } from "../../chaos/random.ts";
import { BEHAVIOURS } from "../../chaos/recipients.ts";
import { organization } from "../../local/parties.ts";
import { EXAMPLE_RESOURCE } from "../../local/start/appSettings.ts";
import { MINUTE, SECOND } from "../../shared/clock.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { WEBHOOK } from "../../test/harness/handleMessage.ts";
import { ModelAltinn } from "../altinn.ts";
import { ModelBlobs } from "../blobs.ts";
import type { Fates } from "../fates.ts";
import { emptyContainers, type Surroundings } from "../life.ts";
import { CALM } from "../odds.ts";
import { inOwnWorld } from "../ownWorld.ts";
import { ModelQueues } from "../queues.ts";
import { simulatedSettings } from "../settings.ts";
import { Timeline } from "../timeline.ts";
import { readScaleRules } from "./rules.ts";
import { ScaledHost } from "./scaledHost.ts";
import { TARGETS, Throttle, type Use } from "./throttle.ts";

/** How long calls take, in milliseconds; storage as within one region. */
const STORAGE_MS = 10;
const ALTINN_MS = 300;
/** A system takes its announcements so long after they were put, in milliseconds. */
const CONSUMED_AFTER_MS = SECOND;
/** A letter has been published, read and told of after so long at the most, in milliseconds. */
const REST_MS = 4 * MINUTE;

/** What a busy time is to be. */
export interface BusyOptions {
  readonly lettersPerSecond: number;
  readonly seconds: number;
  /** How many instances there are at first: that send, and that take events. */
  readonly instances?: { readonly sending: number; readonly events: number };
  /** Over so many queues are announcements shared out evenly; 1 by default. */
  readonly statusQueues?: number;
  readonly seed?: number;
}

/** How the functions stood at a time. */
export interface Moment {
  readonly second: number;
  readonly sending: number;
  readonly events: number;
  /** Requests that nobody has taken. */
  readonly waiting: number;
}

/** What came of it. Operations are of storage: those of the app, the host, producers and consumers. */
export interface BusyTime {
  readonly lettersPerSecond: number;
  readonly statusQueues: number;
  readonly letters: number;
  /** How many were sent, and how many came to rest: sent, published and read, and all of it told. */
  readonly sent: number;
  readonly told: number;
  readonly failures: number;
  /** How long each request lay on its queue until it was taken, in milliseconds. */
  readonly waits: readonly number[];
  readonly moments: readonly Moment[];
  /** What has gone to each target, the nearest to its limit first. */
  readonly uses: readonly Use[];
  /** Of a letter: all that it takes (looks at empty queues left out), until it is sent, and for each of Altinn's events. */
  readonly perLetter: {
    readonly operations: number;
    readonly sendOperations: number;
    readonly eventOperations: number;
    readonly announcements: number;
    readonly altinnCalls: number;
    /** How long a request is under way, from when it is taken until it is deleted, and an event, in seconds. */
    readonly sendSeconds: number;
    readonly eventSeconds: number;
  };
}

/** Plays it. The same options give the same. */
export async function playBusyTime(options: BusyOptions): Promise<BusyTime> {
  const { lettersPerSecond, seconds, statusQueues = 1, instances = { sending: 1, events: 1 }, seed = 1 } = options;
  const others = Array.from({ length: statusQueues - 1 }, (_, index) => `${QUEUES.announcements}-${index + 2}`);
  const announcements: readonly string[] = [QUEUES.announcements, ...others];
  const settings = await simulatedSettings({ STATUS_QUEUES: others.join(",") });
  const rules = await readScaleRules();
  const timeline = new Timeline(Date.UTC(2026, 0, 5, 6));
  const random = seededRandom(seed, "busy");
  return inOwnWorld(timeline, random, async () => {
    const startsAt = timeline.now;
    const throttle = new Throttle(() => timeline.now);
    const counts = { sending: 0, events: 0, altinn: 0, announcements: 0 };
    const posted = new Set<string>();
    const storage = (queue?: string, amount = 1) => {
      const waits = [throttle.wait("account", TARGETS.account, amount)];
      if (queue !== undefined) waits.push(throttle.wait(`queue ${queue}`, TARGETS.queue, amount));
      return Math.max(...waits);
    };
    const fates: Fates = {
      ofCall: () => undefined,
      happens: () => false,
      share: random.next,
      takes(call) {
        const [, verb = "", name = "", path] = /^(\S+) (\S+)(?: (\S+))?/.exec(call) ?? [];
        if (name.startsWith("/")) return ALTINN_MS;
        if (path === undefined && verb === "POST") return STORAGE_MS + storage(name);
        // Documents that all instances share have no folder.
        const isShared = path !== undefined && !path.includes("/");
        return STORAGE_MS + storage() + (isShared ? throttle.wait(`blob ${path}`, TARGETS.blob) : 0);
      },
    };
    const odds = () => ({ ...CALM, indexLagMs: 2 * SECOND });
    const container = () => new ModelBlobs({ now: () => timeline.now, lag: () => 2 * SECOND });
    const queues = new ModelQueues({
      now: () => timeline.now,
      newId: randomUUID,
      onHidden(message) {
        if (!announcements.includes(message.queue)) return host.onHidden(message);
        counts.announcements++;
        timeline.after(CONSUMED_AFTER_MS, () => {
          storage(message.queue, 2);
          queues.lose(message);
        });
      },
    });
    const around: Surroundings = {
      settings,
      timeline,
      fates,
      odds,
      isAltinnDown: () => false,
      isRefused: () => false,
      isStorageDown: () => false,
      ...emptyContainers(container),
      queues,
      altinn: new ModelAltinn({ timeline, fates, odds }),
      note(instance, what) {
        const [, key] = /^POST \/correspondence of (\S+)/.exec(what) ?? [];
        if (key !== undefined) posted.add(key);
        if (/^[A-Z]+ \//.test(what)) counts.altinn++;
        else if (/^[A-Z]+ /.test(what)) counts[host.taskOf.get(instance) === WEBHOOK ? "events" : "sending"]++;
      },
      onDeath: () => {},
    };
    const host = new ScaledHost(around, throttle, rules);
    around.altinn.subscribers.push((event) => host.push(event));
    host.start({ [QUEUES.requests]: instances.sending, [WEBHOOK]: instances.events });

    const letters = lettersPerSecond * seconds;
    for (let index = 0; index < letters; index++) {
      timeline.at(startsAt + (index * SECOND) / lettersPerSecond, () => {
        storage(QUEUES.requests);
        queues.put(QUEUES.requests, requestText(index, announcements[index % statusQueues]));
      });
    }
    const moments: Moment[] = [];
    const look = () => {
      const [requests, dispatches] = [host.standing(QUEUES.requests), host.standing(QUEUES.dispatches)];
      moments.push({
        second: Math.round((timeline.now - startsAt) / SECOND),
        sending: requests.instances,
        events: host.standing(WEBHOOK).instances,
        waiting: requests.waiting + dispatches.waiting,
      });
      timeline.after(5 * SECOND, look);
    };
    look();
    await timeline.run(startsAt + seconds * SECOND + REST_MS);
    const uses = throttle.uses();
    const whole = uses.find(({ name }) => name === "account")?.total ?? 0;
    const each = (count: number) => Math.round((count / letters) * 100) / 100;
    return {
      lettersPerSecond,
      statusQueues,
      letters,
      sent: posted.size,
      told: counts.announcements / 3,
      failures: host.failures,
      waits: host.waits,
      moments: moments.filter(({ second }) => second <= seconds + 60),
      uses,
      perLetter: {
        operations: each(whole - host.vainLooks),
        sendOperations: each(counts.sending),
        eventOperations: each(counts.events / 2),
        announcements: each(counts.announcements),
        altinnCalls: each(counts.altinn),
        sendSeconds: host.requests.milliseconds / host.requests.count / SECOND,
        eventSeconds: host.events.milliseconds / host.events.count / SECOND,
      },
    };
  });
}

/** One that reads its letters two minutes after they were published, as the simulator's rule for all others has it. */
const isUsual = (recipient: string) =>
  !Object.values(BEHAVIOURS).some(({ recipients }) => recipients.includes(recipient));
const RECIPIENTS = Array.from({ length: 200 }, (_, index) => organization(500 + index)).filter(isUsual);

function requestText(index: number, statusQueue: string | undefined): string {
  const content = { language: "nb", messageTitle: "Vedtak", messageBody: "Søknaden er **innvilget**." };
  const correspondence = { resourceId: EXAMPLE_RESOURCE, sendersReference: `busy-${index}`, content };
  const recipients = [RECIPIENTS[index % RECIPIENTS.length]];
  const named = statusQueue === QUEUES.announcements ? {} : { statusQueue };
  return JSON.stringify({ id: `busy-${index}`, correspondence, recipients, ...named });
}
