// Time limits that run out when the test says so, and not by the clock: whatever must come before, has, however slow the machine.
import { expect, vi } from "vitest";

/** Makes a call, and lets `limitMs` milliseconds of its time pass at once when `isReady`. What the call comes to. */
export async function timeUpWhen<T>(isReady: () => boolean, limitMs: number, call: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const outcome = call();
    await expect.poll(isReady).toBe(true);
    vi.advanceTimersByTime(limitMs);
    return await outcome;
  } finally {
    vi.useRealTimers();
  }
}
