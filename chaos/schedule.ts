// What goes wrong in a run, and when: faults of Altinn, mistreated events, killed instances, storage that restarts.
import type { Fault } from "../local/altinn-simulator/faults.ts";
import type { EventRule } from "../local/altinn-simulator/state.ts";
import { MINUTE, SECOND } from "../shared/clock.ts";
import { QUEUES } from "../shared/storage/names.ts";
import type { DropOptions } from "./mix.ts";
import { type Random, seededRandom } from "./random.ts";

/** How much goes wrong in a run. */
export interface ActionOptions extends Pick<DropOptions, "seed" | "letters" | "durationMs" | "timeScale"> {
  /** So many faults for each hundred letters. */
  readonly faultPercent: number;
  readonly kills: number;
  readonly storageRestarts: number;
  /** The first instance is left alive, so that its memory can be followed. */
  readonly sparesFirst: boolean;
}

/** Something that goes wrong, at a time in real milliseconds after the start. */
export type Action = { readonly at: number } & (
  | { readonly kind: "fault"; readonly fault: Fault }
  | { readonly kind: "eventRule"; readonly rule: EventRule }
  | { readonly kind: "releaseEvents"; readonly order: "given" | "reversed" }
  | { readonly kind: "revokeTokens" }
  | { readonly kind: "kill"; readonly instance: 0 | 1 }
  | { readonly kind: "restartStorage" }
  /** A message is moved to its poison queue, with or without the original staying. */
  | {
      readonly kind: "poison";
      readonly queue: "correspondence-requests" | "dispatches";
      readonly keepsOriginal: boolean;
    }
  /** A message of the app's own is gone. */
  | { readonly kind: "loseDispatch" }
);

/** Beginnings of a run that stay quiet, so that everything is there before it is taken away. */
const QUIET_START = 0.05;

/** In the order of time. */
export function planActions(options: ActionOptions): readonly Action[] {
  const { durationMs } = options;
  const random = seededRandom(options.seed, "faults");
  const anyTime = () => Math.round(durationMs * (QUIET_START + (1 - QUIET_START) * random.next()));
  const actions: Action[] = [];
  for (let left = Math.round((options.letters * options.faultPercent) / 100); left > 0; ) {
    const made = someFault(anyTime(), random, options.timeScale);
    actions.push(...made);
    left -= made.reduce((sum, action) => sum + weightOf(action), 0);
  }
  // Evenly, so that no two kills of one instance fall together: whatever starts gets time to do something.
  for (let kill = 0; kill < options.kills; kill++) {
    const at = Math.round(
      durationMs * (QUIET_START + ((1 - QUIET_START) * (kill + random.next() * 0.8)) / options.kills),
    );
    actions.push({ at, kind: "kill", instance: options.sparesFirst ? 1 : random.pick([0, 1]) });
  }
  for (let restart = 0; restart < options.storageRestarts; restart++) {
    const share = (restart + 0.3 + random.next() * 0.4) / options.storageRestarts;
    actions.push({ at: Math.round(durationMs * share), kind: "restartStorage" });
  }
  return actions.sort((a, b) => a.at - b.at);
}

/** How many faults an action stands for; what a fault or a rule works on several times counts so often. */
export function weightOf(action: Action): number {
  if (action.kind === "fault" && typeof action.fault.times === "number") return action.fault.times;
  if (action.kind === "eventRule" && typeof action.rule.times === "number") return action.rule.times;
  return action.kind === "releaseEvents" || action.kind === "kill" ? 0 : 1;
}

function someFault(at: number, random: Random, timeScale: number): Action[] {
  return random.weighted<() => Action[]>([
    [60, () => [{ at, kind: "fault", fault: letterFault(random, timeScale) }]],
    [25, () => [{ at, kind: "fault", fault: otherFault(random, timeScale) }]],
    [12, () => eventFault(at, random, timeScale)],
    [1, () => [{ at, kind: "revokeTokens" }]],
    [4, () => [{ at, kind: "poison", queue: random.pick(POISONED), keepsOriginal: random.chance(0.3) }]],
    [2, () => [{ at, kind: "loseDispatch" }]],
    // Altinn is down for a while, and the breaker opens.
    [1, () => [{ at, kind: "fault", fault: { ...LETTERS, status: 503, times: random.between(5, 15) } }]],
  ])();
}

const POISONED = [QUEUES.requests, QUEUES.dispatches] as const;

/** Both ways of creating a letter. */
const LETTERS = { method: "POST", path: "/correspondence/api/v1/correspondence" } as const;
const HTML = { contentType: "text/html", body: "<html><body>A gateway speaks.</body></html>" } as const;

/** What can happen to the call that creates a letter; half of it after the letter was created. */
function letterFault(random: Random, timeScale: number): Fault {
  const fault = random.weighted<Fault>([
    [3, { status: 500 }],
    [3, { status: 500, workFirst: true }],
    [2, { status: 503 }],
    [2, { status: 504, workFirst: true }],
    [1, { status: 408, workFirst: true }],
    [3, tooMany(random)],
    [3, { drop: "before" }],
    [4, { drop: "after" }],
    [2, { malformed: true }],
    [2, { delayMs: someDelay(random, timeScale) }],
    [2, { delayMs: someDelay(random, timeScale), drop: "after" }],
    [0.5, { status: 403, ...HTML }],
    [0.5, { status: 404, ...HTML }],
  ]);
  return { ...LETTERS, ...fault };
}

/** The other calls, by the simulator's names of them. */
const OTHERS = [
  [6, { method: "GET", path: "/correspondence" }],
  [5, { method: "GET", path: "/correspondence/{id}" }],
  [2, { method: "GET", path: "/correspondence/{id}/details" }],
  [2, { method: "DELETE", path: "/correspondence/{id}/purge" }],
  [2, { method: "POST", path: "/attachment" }],
  [2, { method: "POST", path: "/attachment/{id}/upload" }],
  [2, { method: "GET", path: "/attachment/{id}" }],
  [1, { method: "POST", path: "/maskinporten/token" }],
  [1, { method: "GET", path: "/authentication/api/v1/exchange/maskinporten" }],
] as const;

function otherFault(random: Random, timeScale: number): Fault {
  const fault = random.weighted<Fault>([
    [3, { status: 500 }],
    [2, { status: 500, workFirst: true }],
    [2, tooMany(random)],
    [2, { drop: "before" }],
    [2, { drop: "after" }],
    [1, { malformed: true }],
    [1, { delayMs: someDelay(random, timeScale) }],
    [0.5, { status: 404, ...HTML }],
  ]);
  return { ...random.weighted<{ method: string; path: string }>(OTHERS), ...fault };
}

function tooMany(random: Random): Fault {
  return { status: 429, headers: { "retry-after": String(random.between(1, 60)) } };
}

/** Up to a minute of the app's time, in real milliseconds. */
function someDelay(random: Random, timeScale: number): number {
  return Math.round((random.next() * MINUTE) / timeScale);
}

function eventFault(at: number, random: Random, timeScale: number): Action[] {
  const times = random.between(1, 3);
  const rule = random.weighted<EventRule>([
    [4, { lose: true, times }],
    [3, { repeat: random.between(1, 3), times }],
    [3, { delayMs: random.between(1, 15) * MINUTE, times }],
    [3, { hold: true, times }],
  ]);
  const actions: Action[] = [{ at, kind: "eventRule", rule }];
  if (rule.hold === true) {
    const later = at + Math.round((random.next() * 10 * MINUTE) / timeScale + SECOND);
    actions.push({ at: later, kind: "releaseEvents", order: random.pick(["given", "reversed"]) });
  }
  return actions;
}
