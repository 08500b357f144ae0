// Timer triggers: runs a function whenever its schedule says so, by the app's clock, and never twice at a time.
import type { ScaledClock } from "./clock.ts";
import type { RegisteredFunction } from "./functionsCore.ts";
import type { Invoker } from "./invocation.ts";
import type { Log } from "./log.ts";
import type { Listener } from "./queueListener.ts";
import type { Schedule } from "./schedule.ts";

/** What a timer trigger needs. */
export interface TimerListenerOptions {
  readonly registered: RegisteredFunction;
  /** Name of the trigger binding. */
  readonly binding: string;
  readonly schedule: Schedule;
  readonly runOnStartup: boolean;
  readonly clock: ScaledClock;
  readonly invoker: Invoker;
  readonly log: Log;
}

/** The longest that setTimeout can wait. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** Starts waiting for the schedule's next occurrence. Occurrences that pass while the function runs are left out. */
export function startTimerListener(options: TimerListenerOptions): Listener {
  const { clock, schedule, registered } = options;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let last: number | undefined;
  let stopped = false;

  function plan(): void {
    const next = schedule.next(clock.now());
    if (next === undefined) {
      options.log("warning", "host", `The schedule of ${registered.metadata.name} has no further occurrence.`);
      return;
    }
    waitUntil(next);
  }

  function waitUntil(next: number): void {
    if (stopped) return;
    const wait = (next - clock.now()) / clock.scale;
    if (wait <= 0) {
      running = run("timer");
      return;
    }
    timer = setTimeout(() => waitUntil(next), Math.min(Math.ceil(wait), LONGEST_WAIT));
  }

  async function run(reason: string): Promise<void> {
    const now = clock.now();
    const data = { json: JSON.stringify(timerInfo(last, schedule.next(now), now)) };
    last = now;
    await options.invoker.invoke(registered, { name: options.binding, data }, reason);
    if (!stopped) plan();
  }

  if (options.runOnStartup) running = run("start of the host");
  else plan();
  return {
    async stopTaking() {
      stopped = true;
      clearTimeout(timer);
    },
    idle: () => running,
    giveBack: () => Promise.resolve(0),
  };
}

/** What the handler gets; the library turns the names into camel case. */
function timerInfo(last: number | undefined, next: number | undefined, now: number): object {
  const time = (value: number | undefined) =>
    value === undefined ? "0001-01-01T00:00:00+00:00" : new Date(value).toISOString().replace("Z", "+00:00");
  return {
    Schedule: { AdjustForDST: true },
    ScheduleStatus: { Last: time(last), Next: time(next), LastUpdated: time(last ?? now) },
    IsPastDue: false,
  };
}
