// What is done again while it fails: storage is away now and then, and a busy machine lets a call of the run itself wait too long.
import { setTimeout as sleep } from "node:timers/promises";

/** So long at most, in real milliseconds. */
const PATIENCE = 60_000;
const PAUSE = 200;

/** Does it again while it fails, for a minute at most. */
export async function persistently<T>(work: () => Promise<T>): Promise<T> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(PAUSE);
    }
  }
}
