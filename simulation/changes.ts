// Changes of the deciding code, one at a time: each is a fault that the simulated world is to find, or does nobody harm.

import { CANCELLING } from "./changes/cancelling.ts";
import type { Change } from "./changes/change.ts";
import { DEAD_LETTERS } from "./changes/deadLetters.ts";
import { INTAKE } from "./changes/intake.ts";
import { LETTERS } from "./changes/letters.ts";
import { MESSAGES } from "./changes/messages.ts";
import { PAUSING } from "./changes/pausing.ts";
import { PREPARING } from "./changes/preparing.ts";
import { TRACKING } from "./changes/tracking.ts";
import { UPKEEP } from "./changes/upkeep.ts";

/** Every change that is tried, room by room. */
export const CHANGES: readonly Change[] = [
  ...INTAKE,
  ...LETTERS,
  ...PREPARING,
  ...CANCELLING,
  ...DEAD_LETTERS,
  ...MESSAGES,
  ...TRACKING,
  ...UPKEEP,
  ...PAUSING,
];
