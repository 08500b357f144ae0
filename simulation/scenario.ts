// A history that is written down step by step: who drops what when, what goes wrong with which call, and who mends it.
import type { Drop, ExpectedLetter, ExpectedRefusal } from "../chaos/errand.ts";
import { nameOf } from "../chaos/naming.ts";
import { EXAMPLE_RESOURCE } from "../local/start/appSettings.ts";
import type { Settings } from "../shared/settings/settings.ts";
import { announced, type Conclusion, conclude } from "./conclude.ts";
import { CALL_FATES, type CallFate, type Fates, type WayFate } from "./fates.ts";
import { CALM, type Odds } from "./odds.ts";
import { inWorld, type Moment, type SimulatedWorld } from "./world.ts";

/** What goes wrong with calls, messages or events of a name. */
export interface Fault {
  readonly fate: CallFate | WayFate;
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
  /** No fault any more. */
  mend(): void;
  /** Drops a request, and expects a letter for each of its recipients. Its reference is `reference of <id>`. */
  request(request: ScenarioRequest): Drop;
  /** Drops a message as it is, with what must come of it. */
  drop(
    drop: Pick<Drop, "text" | "requestBlob">,
    letters?: readonly ExpectedLetter[],
    refusals?: readonly ExpectedRefusal[],
  ): void;
  /** Lets so many milliseconds go by, with the timer's runs. */
  live(milliseconds: number, sweepEvery?: number): Promise<void>;
  /** What was told of each letter, by reference and recipient, each type once, in order of time. */
  told(): Readonly<Record<string, readonly string[]>>;
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

/**
 * Plays a scenario in a calm world of its own.
 * @throws if a fault met nothing: then the scenario is another one than its author thinks
 */
export function play<T>(options: ScenarioOptions, act: (scenario: Scenario) => Promise<T>): Promise<T> {
  const { settings, seed = 1, trace } = options;
  const faults: { readonly fault: Fault; seen: number }[] = [];
  const odds = { ...CALM, ...options.odds };
  const letters: ExpectedLetter[] = [];
  const refusals: ExpectedRefusal[] = [];
  return inWorld({ seed, settings, odds, fates: () => scriptedFates(seed, faults), trace }, async (world) => {
    world.host.start(odds.instances);
    const drop: Scenario["drop"] = (dropped, itsLetters = [], itsRefusals = []) => {
      letters.push(...itsLetters);
      refusals.push(...itsRefusals);
      world.drop(dropped);
    };
    const scene: Scenario = {
      world,
      fault: (fault) => void faults.push({ fault, seen: 0 }),
      mend: () => void faults.splice(0),
      request(request) {
        const made = messageOf(request);
        drop(made, expectedOf(request));
        return made;
      },
      drop,
      live: (milliseconds, sweepEvery) => world.live(world.timeline.now + milliseconds, sweepEvery),
      told: () => toldOf(world),
      conclude: () => conclude(world, { letters, refusals }),
    };
    const answer = await act(scene);
    const unused = faults.filter(({ seen }) => seen === 0).map(({ fault }) => `${fault.fate} ${fault.about}`);
    if (unused.length > 0) throw new Error(`Nothing in the scenario met these faults: ${unused.join(", ")}`);
    return answer;
  });
}

function scriptedFates(seed: number, faults: { readonly fault: Fault; seen: number }[]): Fates {
  let draws = seed;
  const isMeant = ({ about }: Fault, name: string) =>
    typeof about === "string" ? name.startsWith(about) : about.test(name);
  const take = (name: string, fits: (fate: Fault["fate"]) => boolean): Fault["fate"] | undefined => {
    for (const one of faults) {
      const { fault } = one;
      if (!fits(fault.fate) || !isMeant(fault, name)) continue;
      one.seen++;
      const nth = one.seen - (fault.after ?? 0);
      if (nth >= 1 && nth <= (fault.times ?? 1)) return fault.fate;
    }
    return undefined;
  };
  return {
    ofCall(_kind, call) {
      const fate = take(call, isCallFate);
      return fate !== undefined && isCallFate(fate) ? fate : undefined;
    },
    happens: (fate, about) => take(about, (fits) => fits === fate) !== undefined,
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

/** The message of a request, as JSON. */
export function messageOf({ id, recipients, request, letter, content }: ScenarioRequest): Drop {
  const message = {
    ...(id === undefined ? {} : { id }),
    correspondence: {
      resourceId: EXAMPLE_RESOURCE,
      sendersReference: referenceOf(id),
      content: { language: "nb", messageTitle: "Vedtak", messageBody: "Du har fått et vedtak.", ...content },
      ...letter,
    },
    recipients,
    ...request,
  };
  return { at: 0, text: JSON.stringify(message) };
}

/** The letters that must come of a request. */
export function expectedOf({ id, recipients }: ScenarioRequest): ExpectedLetter[] {
  return recipients.map((recipient) => ({ requestId: id, reference: referenceOf(id), recipient }));
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
