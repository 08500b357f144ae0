// Every scenario that is written down.
import { CANCELLING } from "./scenarios/cancelling.ts";
import { FOLLOWING } from "./scenarios/following.ts";
import { IN_TIME } from "./scenarios/inTime.ts";
import { KEEPING } from "./scenarios/keeping.ts";
import { LOOKING_UP } from "./scenarios/lookingUp.ts";
import { MANY_RECIPIENTS } from "./scenarios/manyRecipients.ts";
import { MEETING } from "./scenarios/meeting.ts";
import { OVERTAKING } from "./scenarios/overtaking.ts";
import { RECEIVING } from "./scenarios/receiving.ts";
import type { WrittenScenario } from "./scenarios/scenario.ts";
import { SENDERS } from "./scenarios/senders.ts";
import { SENDING } from "./scenarios/sending.ts";
import { UPLOADING } from "./scenarios/uploading.ts";
import { WAITING } from "./scenarios/waiting.ts";

/** All of them. Their names differ. */
export const SCENARIOS: readonly WrittenScenario[] = [
  ...SENDING,
  ...LOOKING_UP,
  ...MEETING,
  ...OVERTAKING,
  ...IN_TIME,
  ...CANCELLING,
  ...MANY_RECIPIENTS,
  ...UPLOADING,
  ...WAITING,
  ...FOLLOWING,
  ...KEEPING,
  ...SENDERS,
  ...RECEIVING,
];
