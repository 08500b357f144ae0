// One letter: what has happened to it, told so that a caseworker understands it, and what to do if it is stuck.
import { useEffect, useState } from "preact/hooks";
import type { ShownLetter } from "../../../shared/finding/answers.ts";
import type { Letter } from "../../../shared/finding/letter.ts";
import type { Direction } from "../../../shared/finding/words.ts";
import { type Answer, ask } from "../ask.ts";
import { textOf, useReader } from "../reader.ts";
import type { Words } from "../texts/words.ts";
import { Act } from "./act.tsx";
import { Box, Facts, NoAnswer, reasonText, Status, Table, Timeline, To, yesOrNo } from "./parts.tsx";
import { ReceivedLetterView } from "./received.tsx";

/** While it is looked at it is read again so often, in milliseconds: three reads of blobs. */
const AGAIN = 30_000;

/** The page of one letter. @param changes counts what was done, so that it is read again */
export function LetterView({
  id,
  direction = "sent",
  changes,
}: {
  readonly id: string;
  readonly direction?: Direction;
  readonly changes: number;
}) {
  const { words } = useReader();
  const [answer, setAnswer] = useState<Answer<ShownLetter>>();

  useEffect(() => {
    let isWanted = true;
    const read = async () => {
      if (document.hidden) return;
      const answer = await ask("letter", { id, direction });
      // One that could be read before is better than none.
      if (isWanted) setAnswer((before) => (answer.kind === "failed" && before?.kind === "ok" ? before : answer));
    };
    void read();
    const timer = setInterval(read, AGAIN);
    document.addEventListener("visibilitychange", read);
    // What was done takes a moment to show.
    const soon = changes > 0 ? setTimeout(read, 4_000) : undefined;
    return () => {
      isWanted = false;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", read);
      clearTimeout(soon);
    };
  }, [id, direction, changes]);

  if (!answer) return <p class="ds-paragraph">{words.loading}</p>;
  if (answer.kind !== "ok") return <NoAnswer answer={answer} />;
  const Shown = direction === "received" ? ReceivedLetterView : ShownLetterView;
  return <Shown letter={answer.value.letter} asOf={answer.value.asOf} />;
}

function ShownLetterView({ letter, asOf }: { readonly letter: Letter; readonly asOf: string }) {
  const { words, format } = useReader();
  const { correspondenceId, deadLetter, dispatchId, requestId, end } = letter;
  const isInAltinn = correspondenceId !== undefined;
  return (
    <div class="stack">
      <Box title={words.letter.title} asOf={asOf}>
        <p class="row">
          <Status status={letter.status} />
          <span>{summaryOf(letter, words, format)}</span>
        </p>
        <p class="ds-alert" data-color={needsSomebody(letter) ? "warning" : "info"} data-size="sm">
          <strong>{words.letter.stuck}: </strong>
          {adviceOf(letter, words)}
        </p>
        {end?.detail && <p class="ds-paragraph break">{end.detail}</p>}
        {end?.problems && end.problems.length > 0 && (
          <>
            <h3 class="ds-heading" data-size="2xs">
              {words.letter.problems}
            </h3>
            <ul>
              {end.problems.map(({ path, rule, message }) => (
                <li key={`${path} ${rule}`} class="break">
                  {path !== "" && <code>{path}</code>} {message}
                </li>
              ))}
            </ul>
          </>
        )}
        <div class="row">
          {deadLetter !== undefined && <Act action={{ action: "replay", deadLetter }} />}
          {deadLetter !== undefined && <Act action={{ action: "drop", deadLetter }} isGrave />}
          {isInAltinn && !letter.isSettled && <Act action={{ action: "check", correspondenceId }} />}
          {isInAltinn && letter.waitingFor !== undefined && (
            <Act action={{ action: "cancelLetter", correspondenceId }} isGrave />
          )}
          {!isInAltinn && !letter.isSettled && requestId !== undefined && (
            <Act action={{ action: "cancelRequest", requestId }} isGrave />
          )}
        </div>
      </Box>
      <div class="grid">
        <Box title={words.letter.history}>
          <Timeline history={letter.history} words={words.steps} />
          {letter.notification && (
            <p class="ds-paragraph">
              {words.letter.emails}: {format.number(letter.notification.orders.length)}
              {letter.notification.failedAt &&
                `, ${words.letter.notificationFailed}: ${format.dateTime(letter.notification.failedAt)}`}
            </p>
          )}
        </Box>
        <Box title={words.letter.request}>
          <Facts
            facts={[
              [words.letter.recipient, letter.recipient],
              [words.letter.reference, letter.sendersReference],
              [
                words.letter.request,
                requestId !== undefined && dispatchId !== undefined ? (
                  <To place={{ view: "request", ofLetter: dispatchId }}>{requestId}</To>
                ) : (
                  requestId
                ),
              ],
              [words.letter.resource, letter.resourceId],
              [words.letter.publishTime, letter.publishTime && format.dateTime(letter.publishTime)],
              [words.letter.nextAttempt, letter.nextAttempt && format.dateTime(letter.nextAttempt)],
              [words.letter.confirmation, yesOrNo(letter.isConfirmationNeeded, words)],
              [words.letter.dispatchId, dispatchId],
              [words.letter.correspondenceId, correspondenceId],
            ]}
          />
          <p class="ds-paragraph quiet" data-size="sm">
            {words.letter.link}
          </p>
        </Box>
        {letter.attempts.length > 0 && <Attempts letter={letter} />}
      </div>
    </div>
  );
}

function Attempts({ letter }: { readonly letter: Letter }) {
  const { words, format } = useReader();
  return (
    <Box title={words.letter.attempts}>
      <Table
        label={words.letter.attempts}
        columns={[
          { name: words.letter.attempt },
          { name: words.overview.reason },
          { name: "HTTP" },
          { name: "Altinn" },
        ]}
      >
        {letter.attempts.map(({ at, cause, httpStatus, errorCode }) => (
          <tr key={at}>
            <th scope="row">{format.dateTime(at)}</th>
            <td>{cause ?? words.letter.noAnswer}</td>
            <td>{httpStatus}</td>
            <td>{errorCode}</td>
          </tr>
        ))}
      </Table>
    </Box>
  );
}

/** One line of what mattered: "Published 09:14, read 11:02". */
function summaryOf({ history }: Letter, words: Words, format: ReturnType<typeof useReader>["format"]): string {
  const told = ["sent", "published", "notificationFailed", "read", "confirmed", "replied", "reserved", "failed"];
  const seen = new Map<string, string>();
  for (const { status, time } of history) if (told.includes(status) && !seen.has(status)) seen.set(status, time);
  return [...seen].map(([status, time]) => `${textOf(words.statuses, status)} ${format.dateTime(time)}`).join(", ");
}

function needsSomebody({ end, waitingFor, deadLetter }: Letter): boolean {
  return (
    deadLetter !== undefined ||
    waitingFor === "setUp" ||
    waitingFor === "brake" ||
    ["failed", "reserved", "neverRead"].includes(end?.status ?? "")
  );
}

function adviceOf(letter: Letter, words: Words): string {
  const { waitingFor, isSettled } = letter;
  const reason = reasonText(letter, words);
  if (reason !== undefined) return reason;
  if (waitingFor !== undefined) {
    const { name, advice } = words.causes[waitingFor];
    return `${name}. ${advice}`;
  }
  return isSettled ? words.letter.nothingToDo : words.letter.unread;
}
