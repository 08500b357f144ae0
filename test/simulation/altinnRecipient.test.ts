// The model of Altinn as a recipient calls it, against the simulator over HTTP: the same calls have the same outcomes.
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { type Simulator, startSimulator } from "../../local/altinn-simulator/start.ts";
import { EXAMPLE_INCOMING_RESOURCE, EXAMPLE_RESOURCE } from "../../local/start/appSettings.ts";
import { createTokens } from "../../shared/altinn/altinnClient.ts";
import { RECIPIENT_ACTIONS, type RecipientAction } from "../../shared/altinn/recipientActions.ts";
import { createRecipientApi, RECIPIENT_SCOPES, type RecipientApi } from "../../shared/altinn/recipientApi.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/clock.ts";
import type { Settings } from "../../shared/settings/settings.ts";
import { recipientClient } from "../../simulation/altinnClient.ts";
import { givenFates } from "../../simulation/fates.ts";
import { Life } from "../../simulation/life.ts";
import { CALM } from "../../simulation/odds.ts";
import { simulatedSettings } from "../../simulation/settings.ts";
import { Timeline } from "../../simulation/timeline.ts";
import { SimulatedWorld } from "../../simulation/world.ts";
import { answered } from "./answered.ts";

const STARTS_AT = Date.UTC(2026, 2, 2, 8);
const IDS = ["a", "b", "c"].map((digit) => `0000000${digit}-0000-4000-8000-000000000000`);
const NOBODYS = "01a1fbfd-f566-7e1a-a723-876e8fe16fde";

let settings: Settings;
beforeAll(async () => {
  settings = await simulatedSettings();
});

/** One call, time that passes, or something that happens to a letter. A letter, and a file of it, are given by their place. */
type Step =
  | {
      readonly kind: "send";
      readonly isConfirmationNeeded: boolean;
      readonly publishInMs: number;
      readonly files: readonly { readonly size: number; readonly resourceId?: string }[];
    }
  | { readonly kind: "happens"; readonly letter: number; readonly what: "purgedByAltinn" | "confirmed" | "read" }
  | { readonly kind: "overview"; readonly letter: number }
  | { readonly kind: "download"; readonly letter: number; readonly file: number }
  | { readonly kind: "act"; readonly letter: number; readonly action: RecipientAction }
  | { readonly kind: "list"; readonly resourceId: string; readonly sinceMs: number }
  | { readonly kind: "wait"; readonly milliseconds: number };

const letter = fc.nat(3);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("send"),
      isConfirmationNeeded: fc.boolean(),
      publishInMs: fc.constantFrom(0, 0, MINUTE, -HOUR),
      files: fc.array(
        fc.record(
          { size: fc.constantFrom(0, 60, 70_000), resourceId: fc.constant("denied-letters") },
          { requiredKeys: ["size"] },
        ),
        { maxLength: 2 },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("happens"),
      letter,
      what: fc.constantFrom("purgedByAltinn", "confirmed", "read"),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("overview"), letter }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("download"), letter, file: fc.nat(5) }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("act"), letter, action: fc.constantFrom(...RECIPIENT_ACTIONS) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("list"),
      resourceId: fc.constantFrom(EXAMPLE_INCOMING_RESOURCE, EXAMPLE_INCOMING_RESOURCE, EXAMPLE_RESOURCE, "denied-1"),
      sinceMs: fc.constantFrom(MINUTE, 2 * DAY),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("wait"), milliseconds: fc.constantFrom(SECOND, 5 * SECOND, MINUTE) }),
  },
);

/** Makes calls, and tells their outcomes with other ids by when they first came. */
class Caller {
  readonly #api: RecipientApi;
  readonly #ids: string[] = [];

  constructor(api: RecipientApi) {
    this.#api = api;
  }

  async outcome(step: Exclude<Step, { kind: "send" | "happens" | "wait" }>, now: number): Promise<unknown> {
    const outcome = await this.#call(step, now);
    return JSON.parse(JSON.stringify(outcome).replace(UUID, (id) => (IDS.includes(id) ? id : this.#named(id))));
  }

  async #call(step: Parameters<Caller["outcome"]>[0], now: number): Promise<unknown> {
    const api = this.#api;
    switch (step.kind) {
      case "overview":
        return api.overview(IDS[step.letter] ?? NOBODYS);
      case "act":
        return api.act(step.action, IDS[step.letter] ?? NOBODYS);
      case "list": {
        const { resourceId, sinceMs } = step;
        return api.listByStatus({
          resourceId,
          status: "Published",
          from: new Date(now - sinceMs),
          to: new Date(now + HOUR),
        });
      }
      case "download": {
        const answer = await api.download(IDS[step.letter] ?? NOBODYS, this.#ids[step.file] ?? NOBODYS);
        if (answer.kind !== "opened") return answer;
        let size = 0;
        for await (const bytes of answer.body) size += bytes.length;
        return { ...answer, headers: answer.headers.get("content-type"), body: size };
      }
    }
  }

  #named(id: string): string {
    if (!this.#ids.includes(id)) this.#ids.push(id);
    return `id ${this.#ids.indexOf(id)}`;
  }
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

function ofModel({ around, timeline }: SimulatedWorld): Caller {
  const now = () => timeline.now;
  const client = recipientClient(new Life(1, around), around, { now, elapsed: now, scale: 1 }, settings.maskinporten);
  const inTime = <A extends readonly unknown[], T>(call: (...given: A) => Promise<T>) => {
    return (...given: A) => answered(timeline, call(...given));
  };
  return new Caller({
    listByStatus: inTime(client.listByStatus),
    overview: inTime(client.overview),
    download: inTime(client.download),
    act: inTime(client.act),
  });
}

function ofSimulator(simulator: Simulator, now: () => number): Caller {
  const { platformUrl, maskinportenIssuer: issuer } = simulator;
  const clock = { now, elapsed: now, scale: 1 };
  const altinn = { ...settings.altinn, platformUrl };
  const tokens = createTokens({ altinn, maskinporten: { ...settings.maskinporten, issuer } }, RECIPIENT_SCOPES, clock);
  return new Caller(createRecipientApi({ platformUrl, tokens, http: fetch, clock }));
}

async function compare(steps: readonly Step[]): Promise<void> {
  const odds = { ...CALM, indexLagMs: 0, latencyMs: 0 };
  const options = { seed: 1, settings, odds, fates: () => givenFates(1, []) };
  const world = new SimulatedWorld(options, new Timeline(STARTS_AT));
  let now = world.timeline.now;
  const simulator = await startSimulator({ clock: { now: () => now }, scanMs: 20 * SECOND, publishMs: 5 * SECOND });
  const [model, overHttp] = [ofModel(world), ofSimulator(simulator, () => now)];
  let sent = 0;
  try {
    for (const [index, one] of steps.entries()) {
      const begun = world.timeline.now;
      switch (one.kind) {
        case "wait":
          await world.timeline.run(begun + one.milliseconds);
          break;
        case "send": {
          const id = IDS[sent++];
          if (id === undefined) break;
          const { isConfirmationNeeded, publishInMs } = one;
          const files = one.files.map((file, place) => ({
            fileName: `${place}.pdf`,
            checksum: "0".repeat(32),
            ...file,
          }));
          const letter = { id, isConfirmationNeeded, requestedPublishTime: begun + publishInMs, files };
          world.around.altinn.sendToUs(letter);
          simulator.control.sendToOwner({ resourceId: EXAMPLE_INCOMING_RESOURCE, ...letter });
          break;
        }
        case "happens": {
          const id = IDS[one.letter] ?? NOBODYS;
          const isThere = world.around.altinn.incoming().find(({ correspondenceId }) => correspondenceId === id);
          if (isThere === undefined || isThere.statuses.some((status) => status.startsWith("Purged"))) break;
          world.around.altinn.actOnIncoming(id, one.what);
          await simulator.control.act(id, one.what);
          break;
        }
        default: {
          const outcome = await model.outcome(one, begun);
          now = world.timeline.now;
          await simulator.control.advance();
          expect(outcome, `of step ${index}, ${one.kind}`).toEqual(await overHttp.outcome(one, begun));
        }
      }
      now = world.timeline.now;
      await simulator.control.advance();
    }
  } finally {
    await simulator.close();
  }
}

test("any calls of a recipient have the same outcomes by the model and by the simulator over HTTP, at any time", async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 30, size: "max" }), compare), {
    numRuns: 12,
    endOnFailure: true,
  });
});
