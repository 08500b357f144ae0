// The real thing, short: letters under chaos come out right; and what is spoilt afterwards is found.
import { beforeAll, expect, test, vi } from "vitest";
import type { AltinnLetter } from "../../chaos/altinn.ts";
import type { ChaosOptions } from "../../chaos/options.ts";
import type { Parts } from "../../chaos/parts.ts";
import { makePlan } from "../../chaos/plan.ts";
import { inWords } from "../../chaos/report.ts";
import { type RunResult, runChaos } from "../../chaos/run.ts";
import { REFUSED_RESOURCE, SENT_ON } from "../../chaos/senders.ts";
import { FAULTS, type Verdict } from "../../chaos/verdict.ts";
import { scaledClock } from "../../local/functions-host/clock.ts";
import { EXAMPLE_RESOURCE } from "../../local/start/appSettings.ts";
import { createAltinnClient } from "../../shared/altinn/altinnClient.ts";
import { readAltinnSettings } from "../../shared/settings/settings.ts";
import { CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import { commitNumber } from "../harness/commitNumber.ts";

const SIZE: Omit<ChaosOptions, "seed"> = {
  letters: 60,
  incoming: 10,
  durationMs: 10_000,
  faultPercent: 30,
  kills: 2,
  storageRestarts: 1,
  timeScale: 120,
  restMs: 480_000,
};
const OPTIONS: ChaosOptions = { ...SIZE, seed: withAll(commitNumber()) };

/**
 * The first seed from there on by which something is refused (without a dead letter none can be spoilt), and the sender has letters
 * that Maskinporten refuses for a while.
 */
function withAll(seed: number): number {
  const { refusals, drops } = makePlan({ ...SIZE, seed, startsAt: 0, sparesFirst: false, resources: SENT_ON });
  const isOnRefused = drops.some(({ text }) => text.includes(`"resourceId":"${REFUSED_RESOURCE}"`));
  return refusals.length > 0 && isOnRefused ? seed : withAll(seed + 1);
}

let result: RunResult;
let spoilt: Verdict;
/** Of the letters of senders: the resource of each, and as whom it was sent. */
const ofSenders: Pick<AltinnLetter, "resourceId" | "owner">[] = [];

beforeAll(async () => {
  console.log(`Seed ${OPTIONS.seed}`);
  result = await runChaos(OPTIONS, {
    onProgress: () => {},
    async atRest(parts, judgeAgain) {
      ofSenders.push(...(await parts.altinn.letters()).filter(({ resourceId }) => resourceId !== EXAMPLE_RESOURCE));
      await spoil(parts);
      spoilt = await judgeAgain();
    },
  });
});

test("letters under chaos end once each, and are told of", () => {
  const words = inWords(result, OPTIONS.seed);
  expect(counts(result.verdict), words).toEqual(Object.fromEntries(FAULTS.map((kind) => [kind, 0])));
  const { sent, rejected, gaveUp, cancelled, outcomeUnknown } = result.verdict.outcomes;
  expect(sent + rejected + gaveUp + cancelled + outcomeUnknown).toBe(OPTIONS.letters);
  expect(sent).toBeGreaterThan(OPTIONS.letters / 2);
  expect(result.kills).toBe(OPTIONS.kills);
  const nothing = { receivedTwice: [], receivedLost: [], confirmedTooEarly: [] };
  expect(result.verdict.incoming, words).toMatchObject(nothing);
  expect(result.verdict.incoming?.received).toBeGreaterThanOrEqual(OPTIONS.incoming);
});

test("letters of senders are sent as nobody else, also those of the one that was refused for a while", () => {
  expect(ofSenders.filter(({ resourceId, owner }) => resourceId !== `org${owner}-letters`)).toEqual([]);
  expect(ofSenders.map(({ resourceId }) => resourceId)).toContain(REFUSED_RESOURCE);
});

test("what is spoilt afterwards is found", () => {
  const { lost, unannounced, ...others } = counts(spoilt);
  // The letter that is one too many has no record either.
  expect(others).toEqual({ duplicates: 1, withoutRecord: 2, announcedWrongly: 1, stuck: 1 });
  expect(spoilt.incoming?.receivedLost).toHaveLength(1);
  // A dead letter may have been that of several.
  expect(lost).toBeGreaterThan(0);
  expect(unannounced).toBeGreaterThan(0);
});

function counts({ faults }: Verdict): Record<string, number> {
  return Object.fromEntries(FAULTS.map((kind) => [kind, faults[kind].length]));
}

/** Does by hand what must never happen, once each. */
async function spoil({ altinn, environment, storage }: Parts): Promise<void> {
  const [first, second] = (await altinn.letters()).filter(({ statuses }) => statuses.includes("Read"));
  if (!first || !second) throw new Error("There are too few letters to spoil");

  const settings = readAltinnSettings(environment);
  if (!settings.ok) throw new Error("The settings are wrong");
  const content = { language: "nb", messageTitle: "Vedtak", messageBody: "Vedtak" };
  const clock = scaledClock({ scale: Number(environment.TIME_SCALE), origin: Number(environment.TIME_ORIGIN) });
  const again = await createAltinnClient(settings.settings, clock).altinn.initialize({
    correspondence: { resourceId: EXAMPLE_RESOURCE, sendersReference: first.reference, content },
    recipients: [first.recipient],
    idempotentKey: crypto.randomUUID(),
  });
  expect(again.kind).toBe("sent");

  const state = storage.blobs.getContainerClient(CONTAINERS.state);
  await state.deleteBlob(`correspondences/${second.correspondenceId}.json`);
  const deadLetters = storage.blobs.getContainerClient(CONTAINERS.deadLetters);
  for await (const { name } of deadLetters.listBlobsFlat()) {
    await deadLetters.deleteBlob(name);
    break;
  }
  for await (const { name } of storage.blobs.getContainerClient(CONTAINERS.inbox).listBlobsFlat()) {
    await storage.blobs.getContainerClient(CONTAINERS.inbox).deleteBlob(name);
    break;
  }
  const time = new Date().toISOString();
  const wrong = {
    specversion: "1.0",
    id: crypto.randomUUID(),
    source: "urn:uuid:1",
    type: "altinn-correspondence-sender.dispatch.rejected",
    subject: second.reference,
    time,
    datacontenttype: "application/json",
    data: { sendersReference: second.reference, recipient: second.recipient, status: "rejected", time, source: "app" },
  };
  await storage.queues.getQueueClient(QUEUES.announcements).sendMessage(JSON.stringify(wrong));
  await storage.queues.getQueueClient(QUEUES.dispatches).sendMessage("{}", { visibilityTimeout: 3_600 });
  const told = storage.queues.getQueueClient(QUEUES.announcements);
  await vi.waitUntil(async () => (await told.getProperties()).approximateMessagesCount === 0, { timeout: 300_000 });
}
