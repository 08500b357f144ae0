// Does what is due: in the order of time, by timers or when the clock is moved.

import type { SimulatorClock } from "./clock.ts";
import { type Delivery, deliver } from "./delivery.ts";
import { act, finishScan, passDueDate, publish } from "./life.ts";
import type { Task } from "./state.ts";
import type { World } from "./world.ts";

const longestTimer = 2 ** 31 - 1;

/** Works off the agenda. */
export class Engine {
  readonly deliveries: Delivery[] = [];
  readonly #clock: SimulatorClock;
  readonly #world: World;
  readonly #pushTimeoutMs: number;
  readonly #touched: () => void;
  readonly #underWay = new Set<Promise<void>>();
  #turn: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(world: World, clock: SimulatorClock, options: { pushTimeoutMs: number; touched: () => void }) {
    this.#world = world;
    this.#clock = clock;
    this.#pushTimeoutMs = options.pushTimeoutMs;
    this.#touched = options.touched;
  }

  /** Sets the timer for the next task, where the clock runs by itself. To be called when the agenda changed. */
  arm(): void {
    if (this.#clock.kind !== "real" || this.#closed) return;
    clearTimeout(this.#timer);
    const next = this.#world.nextDue();
    if (next === undefined) return;
    const wait = Math.max(0, (next - this.#clock.now()) / this.#clock.scale);
    this.#timer = setTimeout(() => this.#tick(), Math.min(wait, longestTimer));
  }

  /**
   * Does everything that falls due within the next `milliseconds`, pushes included; a manual clock moves along. With an
   * external clock, nothing given means: what is due now.
   */
  advance(milliseconds: number): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      const until = this.#clock.now() + milliseconds;
      for (;;) {
        const due = this.#world.takeDue(until);
        if (due === undefined) break;
        this.#clock.moveTo(due.at);
        await this.#perform(due.at, due.task);
        this.#touched();
      }
      this.#clock.moveTo(until);
    });
    return this.#turn;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#turn;
    await Promise.allSettled(this.#underWay);
  }

  #tick(): void {
    for (;;) {
      const due = this.#world.takeDue(this.#clock.now());
      if (due === undefined) break;
      // A slow subscriber must not hold up the rest.
      const work = this.#perform(due.at, due.task).finally(() => this.#underWay.delete(work));
      this.#underWay.add(work);
      this.#touched();
    }
    this.arm();
  }

  async #perform(at: number, task: Task): Promise<void> {
    if (!isPush(task)) {
      perform(this.#world, at, task);
      return;
    }
    const delivery = await deliver(this.#world, at, task, this.#pushTimeoutMs);
    if (delivery !== undefined) this.deliveries.push(delivery);
  }
}

/** What is posted to a subscriber. */
export type Push = Extract<Task, { kind: "push" | "validate" }>;

/** True if the task calls somebody; the others happen within Altinn. */
export function isPush(task: Task): task is Push {
  return task.kind === "push" || task.kind === "validate";
}

/** Does what happens within Altinn at a time. */
export function perform(world: World, at: number, task: Exclude<Task, Push>): void {
  switch (task.kind) {
    case "scan":
      finishScan(world, at, task.attachmentId);
      return;
    case "publish":
      publish(world, at, task.correspondenceId);
      return;
    case "due":
      passDueDate(world, at, task.correspondenceId);
      return;
    case "act": {
      const letter = world.correspondences.get(task.correspondenceId);
      if (letter !== undefined) act(world, at, letter, task.action, task.statusText);
    }
  }
}
