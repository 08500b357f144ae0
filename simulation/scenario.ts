// A history that is written down step by step: who drops what when, what goes wrong with which call, and who mends it.
import type { Drop, ExpectedLetter, ExpectedRefusal } from "../chaos/errand.ts";
import { nameOf } from "../chaos/naming.ts";
import { EXAMPLE_RESOURCE } from "../local/start/appSettings.ts";
import type { Settings } from "../shared/settings/settings.ts";
import { announced, type Conclusion, conclude } from "./conclude.ts";
import { CALL_FATES, type CallFate, type Fates, type OtherAnswer, type WayFate } from "./fates.ts";
import { CALM, type Odds } from "./odds.ts";
import { inWorld, type Moment, type SimulatedWorld } from "./world.ts";

/** What becomes of calls, messages or events of a name: a fate, another answer than Altinn's, or a time that a call takes. */
export interface Fault {
  readonly fate: CallFate | WayFate | OtherAnswer | { readonly takesMs: number };
  /** What the name of the call, message or event begins with, or an expression that finds it. */
  readonly about: string | RegExp;
  /** How many of these it happens to; 1 by default. */
  readonly times?: number;
  /** How many of these go well before. */
  readonly after?: number;
}

/** A request, as a scenario drops it. */
export interface ScenarioRequest {
  readonly id?: string;
  /** The sender's reference; by default that of the id. */
  readonly reference?: string;
  /** How its letters may end without being sent. */
  readonly mayEnd?: ExpectedLetter["mayEnd"];
  /** In canonical URN form; a scenario that says what must come of them counts each. */
  readonly recipients: readonly string[];
  /** Fields beside the usual: of the message, of the letter, and of its content. */
  readonly request?: object;
  readonly letter?: object;
  readonly content?: object;
}

/** A world in which a scenario takes place. */
export interface Scenario {
  readonly world: SimulatedWorld;
  /** Something goes wrong from now on. The first fault that fits a call decides. */
  fault(fault: Fault): void;
  /** No fault any more. Each must have met something. */
  mend(): void;
  /** Drops a request, and expects a letter for each of its recipients. */
  request(request: ScenarioRequest): Drop;
  /** Drops a message as it is, with what must come of it. */
  drop(
    drop: Pick<Drop, "text" | "requestBlob">,
    letters?: readonly ExpectedLetter[],
    refusals?: readonly ExpectedRefusal[],
  ): void;
  /** Lets exactly so many milliseconds go by, without the timer. */
  pass(milliseconds: number): Promise<void>;
  /** Lets so many milliseconds go by, with the timer's runs, and then some minutes for the last of them. */
  live(milliseconds: number, sweepEvery?: number): Promise<void>;
  /** What was told of each letter, by reference and recipient, each type once, in order of time. */
  told(): Readonly<Record<string, readonly string[]>>;
  /** All of it, as {@link told}, of a world with one letter. */
  toldOfOne(): readonly string[];
  /** How many calls were made whose name begins so, or fits. */
  calls(about: string | RegExp): number;
  /** Lines of the log that are no mere information. */
  readonly logs: readonly string[];
  /** Letters with this reference are of another deployment, or another system. */
  isOthers(reference: string): void;
  /** What holds now; nothing may be wrong when a scenario ends. */
  conclude(): Conclusion;
}

/** What a scenario may change of the world. */
export interface ScenarioOptions {
  readonly settings: Settings;
  readonly odds?: Partial<Odds>;
  readonly seed?: number;
  readonly trace?: (moment: Moment) => void;
}

/** Three times as much as happens in the longest scenario. */
const MOST_HAPPENINGS = 200_000;

/**
 * Plays a scenario in a calm world of its own.
 * @throws if a fault met nothing: then the scenario is another one than its author thinks; or if it never ends
 */
export function play<T>(options: ScenarioOptions, act: (scenario: Scenario) => Promise<T>): Promise<T> {
  const { settings, seed = 1 } = options;
  const faults: Scripted[] = [];
  const mended: Scripted[] = [];
  const moments: Moment[] = [];
  const trace = (moment: Moment) => {
    moments.push(moment);
    options.trace?.(moment);
  };
  const odds = { ...CALM, ...options.odds };
  const letters: ExpectedLetter[] = [];
  const refusals: ExpectedRefusal[] = [];
  const others = new Set<string>();
  return inWorld({ seed, settings, odds, fates: () => scriptedFates(seed, faults), trace }, async (world) => {
    world.timeline.mostHappenings = MOST_HAPPENINGS;
    world.host.start(odds.instances);
    const drop: Scenario["drop"] = (dropped, itsLetters = [], itsRefusals = []) => {
      letters.push(...itsLetters);
      refusals.push(...itsRefusals);
      world.drop(dropped);
    };
    const scene: Scenario = {
      world,
      fault: (fault) => void faults.push({ fault, seen: 0 }),
      mend: () => void mended.push(...faults.splice(0)),
      request(request) {
        const made = messageOf(request);
        drop(made, expectedOf(request));
        return made;
      },
      drop,
      pass: (milliseconds) => world.timeline.run(world.timeline.now + milliseconds),
      live: (milliseconds, sweepEvery) => world.live(world.timeline.now + milliseconds, sweepEvery),
      told: () => toldOf(world),
      toldOfOne() {
        const [told = [], ...more] = Object.values(toldOf(world));
        if (more.length > 0) throw new Error("There are several letters");
        return told;
      },
      calls: (about) => moments.filter(({ what }) => fits(about, what)).length,
      get logs() {
        return moments.filter(({ what }) => what === "log").map(({ more }) => more);
      },
      isOthers: (reference) => void others.add(reference),
      conclude: () => conclude(world, { letters, refusals, others }),
    };
    const answer = await act(scene);
    const unused = [...mended, ...faults]
      .filter(({ seen, fault }) => seen <= (fault.after ?? 0))
      .map(({ fault: { fate, about } }) => `${typeof fate === "string" ? fate : JSON.stringify(fate)} ${about}`);
    if (unused.length > 0) throw new Error(`Nothing in the scenario met these faults: ${unused.join(", ")}`);
    return answer;
  });
}

/** A fault, and how many calls, messages or events were such that it could meet them. */
interface Scripted {
  readonly fault: Fault;
  seen: number;
}

function fits(about: Fault["about"], name: string): boolean {
  return typeof about === "string" ? name.startsWith(about) : about.test(name);
}

function scriptedFates(seed: number, faults: readonly Scripted[]): Fates {
  let draws = seed;
  const take = <T extends Fault["fate"]>(name: string, isSuch: (fate: Fault["fate"]) => fate is T): T | undefined => {
    for (const one of faults) {
      const { fate, about, after = 0, times = 1 } = one.fault;
      if (!isSuch(fate) || !fits(about, name)) continue;
      one.seen++;
      if (one.seen > after && one.seen <= after + times) return fate;
    }
    return undefined;
  };
  return {
    ofCall: (_kind, call) => take(call, isCallFate),
    answerTo: (call) => take(call, isAnswer),
    takes: (call) => take(call, isTime)?.takesMs,
    happens: (fate, about) => take(about, (other): other is WayFate => other === fate) !== undefined,
    // A scenario is one interleaving: its calls take equally long, save that no two take exactly the same.
    share() {
      draws = (draws * 16_807) % 2_147_483_647;
      return 0.5 + (draws / 2_147_483_647) * 0.01;
    },
  };
}

function isCallFate(fate: Fault["fate"]): fate is CallFate {
  return CALL_FATES.some((known) => known === fate);
}

function isAnswer(fate: Fault["fate"]): fate is OtherAnswer {
  return typeof fate === "object" && "answer" in fate;
}

function isTime(fate: Fault["fate"]): fate is { readonly takesMs: number } {
  return typeof fate === "object" && "takesMs" in fate;
}

/** The message of a request, as JSON. */
export function messageOf({
  id,
  recipients,
  request,
  letter,
  content,
  reference = referenceOf(id),
}: ScenarioRequest): Drop {
  const message = {
    ...(id === undefined ? {} : { id }),
    correspondence: {
      resourceId: EXAMPLE_RESOURCE,
      sendersReference: reference,
      content: { language: "nb", messageTitle: "Vedtak", messageBody: "Du har fått et vedtak.", ...content },
      ...letter,
    },
    recipients,
    ...request,
  };
  return { at: 0, text: JSON.stringify(message) };
}

/** The letters that must come of a request. */
export function expectedOf(request: ScenarioRequest): ExpectedLetter[] {
  const { id, recipients, reference = referenceOf(id), mayEnd } = request;
  return recipients.map((recipient) => ({
    requestId: id,
    reference,
    recipient,
    ...(mayEnd === undefined ? {} : { mayEnd }),
  }));
}

function referenceOf(id: string | undefined): string {
  return `reference of ${id ?? "nobody"}`;
}

function toldOf(world: SimulatedWorld): Readonly<Record<string, readonly string[]>> {
  const told: Record<string, string[]> = {};
  for (const { type, data } of announced(world).announcements) {
    const { sendersReference: reference = "no reference", recipient = "every recipient" } = data;
    const name = nameOf({ reference, recipient });
    const what = type.split(".").at(-1) ?? type;
    const known = told[name] ?? [];
    told[name] = known;
    if (!known.includes(what)) known.push(what);
  }
  return told;
}
