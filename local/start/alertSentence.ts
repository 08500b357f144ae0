// The app's warnings and alerts as sentences, for whoever watches the local start. In Azure they are log lines by name.
import { z } from "zod";
import { BRAKE_REASONS, type BrakeReason } from "../../shared/pausing/emergencyBrake.ts";

/** A log line of the app, as far as a sentence says more for it. */
const lineSchema = z.looseObject({
  event: z.string(),
  dispatchId: z.string().optional(),
  correspondenceId: z.string().optional(),
  attachmentId: z.string().optional(),
  resourceId: z.string().optional(),
  reason: z.string().optional(),
  cause: z.string().optional(),
  "http.response.status_code": z.number().optional(),
  errorCode: z.number().optional(),
  "error.type": z.string().optional(),
  deadLetter: z.string().optional(),
});
type Line = z.output<typeof lineSchema>;

/** Why the brake is on. */
const BRAKE_WORDS: Readonly<Record<BrakeReason, string>> = {
  operator: "somebody has pulled it",
  setting: "the setting EMERGENCY_BRAKE says so",
  tooManyLetters: "more letters went out within an hour than MAX_LETTERS_PER_HOUR allows",
  markerMissing: "the app's marker has disappeared from storage",
  unreadable: "brake.json is not as this version of the app knows it",
};

/** What each event means; that of the brake, which has reasons, stands in `sentence`. */
const SENTENCES: Readonly<Record<string, string>> = {
  brakeOff: "The brake is off again: what has waited goes out within six minutes.",
  breakerOpen:
    "Altinn or Maskinporten does not answer: letters wait, and one is tried now and then. They go out by themselves.",
  markerMissing:
    "The app's marker is gone from storage: nothing is sent. Restore marker.json, and never make a new one.",
  altinnRefusesOurSetUp:
    "Altinn or Maskinporten refuses the app itself, and letters wait. npm run altinn -- doctor says what is wrong.",
  retryAfterTooLong: "Altinn asks to be left alone for more than a week. The letter is tried again before that.",
  letterExistsButIdUnknown: "Altinn says that a letter exists, but does not find it. It is asked again and again.",
  lookUpMismatch: "Altinn answers with another letter than the one asked for. None is claimed, and it is asked again.",
  requestLost: "A request was recorded, and its message was lost. What became of its letter is announced.",
  requestUnknown: "A message names a request that has no record. It is let go.",
  dispatchUnknown: "A message on the queue dispatches names no letter that is known. It is let go.",
  requestOnOwnQueue:
    "A message on a queue of the app's own is none of its own. It goes on as if it had been put on correspondence-requests.",
  checkUnknown: "A message on the queue status-checks can't be read. It is let go.",
  acceptedRequestMissing: "The stored content of a request is gone. Its letters wait for it.",
  purgeNotListed: "A letter is gone from Altinn, which does not say yet who purged it. It is asked again.",
  recordPassedOver: "A sweep or a check could not work on a record, and goes on without it.",
  recordUnreadable: "A record was written by a newer version of the app, or by hand. It is passed over.",
  statusQueueMissing:
    "A queue of STATUS_QUEUES is gone. Its announcements go to correspondence-status; create it again.",
  deadLetterNotReplayed: "A dead letter that was to be sent again is not there any more.",
  eventNotKept: "An event of Altinn's could not be stored. Altinn pushes it again.",
  progressNotRead: "Somebody asked what became of letters, and the state could not be read.",
  invocation: "A function failed. Its message is tried again.",
  dispatchPutBack: "A letter that nobody worked on was put back on its way.",
  preparationPutBack: "A request that nobody worked on was put back on its way.",
  uploadFailed: "An attachment could not be uploaded. It is tried again.",
  attachmentNotPurged: "An upload that no letter uses could not be purged. Altinn deletes it when it expires.",
  purgeFailed: "A letter that is to be cancelled could not be purged yet. It is tried again.",
  checkFailed: "Altinn did not say how a letter fares. It is asked again.",
};

/** Events that are a line of the table already. */
const TOLD_OTHERWISE = new Set(["requestRejected", "dispatchEnded"]);

/** A line for whoever watches. */
export interface Alert {
  readonly level: "note" | "warning" | "error";
  readonly sentence: string;
}

/**
 * What a line of the functions' log says to whoever watches; undefined where it is of no interest here, or told already.
 *
 * @param logged a line as `local/functions-host/log.ts` or func writes it
 */
export function alertOf(logged: string): Alert | undefined {
  const [, mark = "", message = ""] =
    /^(?:\[[^\]]*\] )?(?:(warning|error|critical): )?(?:\w+: )?(.*)$/s.exec(logged) ?? [];
  const line = lineSchema.safeParse(parseJson(message)).data;
  if (line !== undefined && TOLD_OTHERWISE.has(line.event)) return undefined;
  if (mark === "") return line?.event === "brakeOff" ? { level: "note", sentence: sentence(line) } : undefined;
  const level = mark === "warning" ? "warning" : "error";
  return {
    level,
    sentence: line === undefined ? logged.slice(logged.indexOf(mark) + mark.length + 2) : sentence(line),
  };
}

function sentence(line: Line): string {
  const {
    dispatchId,
    correspondenceId,
    attachmentId,
    resourceId,
    cause,
    "http.response.status_code": httpStatus,
    errorCode,
    "error.type": errorType,
    deadLetter,
  } = line;
  const about = [
    resourceId && `resource ${resourceId}`,
    dispatchId && `dispatch ${dispatchId}`,
    correspondenceId && `letter ${correspondenceId}`,
    attachmentId && `attachment ${attachmentId}`,
    deadLetter && `dead letter ${deadLetter}`,
    cause,
    errorType,
    httpStatus && `HTTP ${httpStatus}`,
    errorCode && `Altinn's error ${errorCode}`,
  ].filter(Boolean);
  const said =
    line.event === "brakeOn" ? brakeSentence(line) : (SENTENCES[line.event] ?? `The app says ${line.event}.`);
  return about.length === 0 ? said : `${said} (${about.join(", ")})`;
}

function brakeSentence({ reason }: Line): string {
  const known = BRAKE_REASONS.find((each) => each === reason);
  const why = known === undefined ? "" : `: ${BRAKE_WORDS[known]}`;
  return `The emergency brake is on${why}. What is dropped is accepted, and waits. npm run brake -- off lifts it.`;
}

function parseJson(text: string): unknown {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
