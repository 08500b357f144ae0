// The process that handles one message: made anew, as after a crash.
import { z } from "zod";
import { peakMemoryMB } from "../../bench/peakMemory.ts";
import { createApp } from "../../shared/app.ts";
import { readSettings } from "../../shared/settings/settings.ts";
import { createTelemetry } from "../../shared/telemetry/telemetry.ts";
import { handleMessage } from "./handleMessage.ts";

const work = z.object({
  settings: z.record(z.string(), z.string()),
  now: z.number(),
  scale: z.number().default(Number.POSITIVE_INFINITY),
  message: z.object({ id: z.string(), queue: z.string(), text: z.string(), dequeueCount: z.number() }),
});

process.once("message", (received) => {
  handle(received).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});

async function handle(received: unknown): Promise<void> {
  const { settings, now, scale, message } = work.parse(received);
  const read = readSettings(settings);
  if (!read.ok) throw new Error("The settings are wrong");
  const logs: string[] = [];
  const telemetry = createTelemetry((level, line) => logs.push(`${level} ${line}`));
  const clock = { now: () => now, elapsed: () => 0, scale };
  const app = await createApp(read.settings, { clock, telemetry, random: () => 0.5 });
  const failed = await handleMessage(app, message).then(
    () => false,
    () => true,
  );
  // Elsewhere than on Linux there is only this, which begins with what the parent had.
  const peakMB = await peakMemoryMB(process.pid).catch(() => process.resourceUsage().maxRSS / 1024);
  process.send?.({ logs, failed, peakMB }, () => process.exit(0));
}
