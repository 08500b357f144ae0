// How a sweep grows, counted as calls: by what has news, and not by what is open. Storage and Altinn answer out of memory.
import { expect, test } from "vitest";
import { modelledDay } from "../../bench/sweep.ts";
import { createApp } from "../../shared/app.ts";
import { readSettings } from "../../shared/settings/settings.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { createTelemetry } from "../../shared/telemetry/telemetry.ts";
import { handleMessage, TIMER } from "../harness/handleMessage.ts";

/** What a sweep over so many open letters calls, of which a share has news. */
async function sweepOver(count: number, newsShare: number) {
  const { model, settings, now } = await modelledDay({ count, settledShare: 0, newsShare });
  try {
    const read = readSettings(settings);
    if (!read.ok) throw new Error("The settings are wrong.");
    const telemetry = createTelemetry(() => {});
    const app = await createApp(read.settings, { clock: { now: () => now, elapsed: () => 0, scale: 1 }, telemetry });
    const handle = (queue: string, text: string) => handleMessage(app, { id: "1", queue, text, dequeueCount: 1 });
    await handle(TIMER, "");
    for (const text of model.checks.splice(0)) await handle(QUEUES.statusChecks, text);
    return model.counts;
  } finally {
    await model.close();
  }
}

test("a sweep costs the same over ten times as many open letters, and the same more for each that has news", async () => {
  const none = await sweepOver(100, 0);
  expect(none.altinn).toBe(9);
  expect(await sweepOver(1_000, 0)).toEqual(none);
  // A call for its details; its record read and written, and an announcement. Two are for the whole, if there is news at all.
  const costWith = (news: number) => ({ altinn: none.altinn + news, storage: none.storage + 3 * news + 2 });
  expect(await sweepOver(100, 0.1)).toEqual(costWith(10));
  expect(await sweepOver(1_000, 0.1)).toEqual(costWith(100));
});
