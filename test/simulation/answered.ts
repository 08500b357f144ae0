// A call to a model is answered by its own time.
import { setImmediate } from "node:timers/promises";
import { SECOND } from "../../shared/clock.ts";
import type { Timeline } from "../../simulation/timeline.ts";

/** Lets time pass until a call is answered. */
export async function answered<T>(timeline: Timeline, call: Promise<T>): Promise<T> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  call.then(done, done);
  const soon = timeline.now + SECOND;
  // What it puts before the world is there first.
  await setImmediate();
  while (!isDone) {
    // What signs or reads a stream needs turns in which nothing happens.
    if ((timeline.next ?? soon) < soon) await timeline.run(timeline.next ?? soon);
    await setImmediate();
  }
  return call;
}
