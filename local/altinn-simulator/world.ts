// The simulator's memory in use: looked up by id, with the agenda of what happens when.

import type { Attachment, Correspondence, State, Task } from "./state.ts";

/** What the simulator was started with that its rules ask for. All times are simulated milliseconds. */
export interface WorldOptions {
  /** The service owner's organisation number. */
  readonly owner: string;
  /** Where the simulator listens; events name it as their source. */
  readonly platformUrl: string;
  /** From the upload to the end of the scan. */
  readonly scanMs: number;
  /** From the requested publish time (or the end of the scans) to Published. */
  readonly publishMs: number;
  /** What recipients do when nothing else is said: a life rule. The control may change it. */
  lifeRule: string;
}

/** The memory, indexed. Only the simulator's own modules change it. */
export interface World {
  readonly state: State;
  readonly options: WorldOptions;
  readonly attachments: Map<string, Attachment>;
  readonly correspondences: Map<string, Correspondence>;
  /** The correspondence that used an idempotent key. */
  readonly byKey: Map<string, Correspondence>;
  now(): number;
  /** Puts a task on the agenda; tasks of the same time keep their order. */
  schedule(at: number, task: Task): void;
  /** Takes the first task that is due at `time` off the agenda. */
  takeDue(time: number): { readonly at: number; readonly task: Task } | undefined;
  /** The time of the first task. */
  nextDue(): number | undefined;
  addAttachment(attachment: Attachment): void;
  addCorrespondence(correspondence: Correspondence): void;
}

/** Indexes a state. `changed` is called whenever the agenda grew. */
export function createWorld(state: State, options: WorldOptions, now: () => number, changed: () => void): World {
  const attachments = new Map(state.attachments.map((attachment) => [attachment.id, attachment]));
  const correspondences = new Map(state.correspondences.map((letter) => [letter.id, letter]));
  const byKey = new Map<string, Correspondence>();
  for (const letter of state.correspondences)
    if (letter.idempotentKey !== null) byKey.set(letter.idempotentKey, letter);
  return {
    state,
    options,
    attachments,
    correspondences,
    byKey,
    now,
    schedule: (at, task) => {
      state.sequence += 1;
      insertSorted(state.agenda, { at, sequence: state.sequence, task });
      changed();
    },
    takeDue: (time) => {
      const [first] = state.agenda;
      return first !== undefined && first.at <= time ? state.agenda.shift() : undefined;
    },
    nextDue: () => state.agenda[0]?.at,
    addAttachment: (attachment) => {
      state.attachments.push(attachment);
      attachments.set(attachment.id, attachment);
    },
    addCorrespondence: (letter) => {
      state.correspondences.push(letter);
      correspondences.set(letter.id, letter);
      if (letter.idempotentKey !== null) byKey.set(letter.idempotentKey, letter);
    },
  };
}

/** The same memory as a caller sees it: what is created is that organisation's, and so is what may be read and changed. */
export function worldOf(world: World, organisation: string): World {
  return { ...world, options: { ...world.options, owner: organisation } };
}

/** Later entries mostly belong at the end: binary search keeps thousands of letters cheap. */
function insertSorted(agenda: State["agenda"], entry: State["agenda"][number]): void {
  let low = 0;
  let high = agenda.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = agenda[middle];
    if (other !== undefined && other.at <= entry.at) low = middle + 1;
    else high = middle;
  }
  agenda.splice(low, 0, entry);
}
