// Letters that the organisation has received: how many there are, and one of them. What they say is in the inbox, and not here.
import type { Letter } from "../../../shared/finding/letter.ts";
import type { ShownOverview } from "../ask.ts";
import type { Place } from "../places.ts";
import { textOf, useReader } from "../reader.ts";
import type { Words } from "../texts/words.ts";
import { Act } from "./act.tsx";
import { Box, Facts, reasonText, Status, Table, Timeline, To, yesOrNo } from "./parts.tsx";
import { SearchView } from "./search.tsx";

/** Received letters: how many by how far they have come, and the search for them. */
export function ReceivedView(props: {
  readonly place: Place & { readonly view: "received" };
  readonly overview: ShownOverview | undefined;
}) {
  return (
    <div class="stack">
      {props.overview?.received && <ReceivedCountsView received={props.overview.received} />}
      <SearchView place={props.place} />
    </div>
  );
}

/** How many there are. */
export function ReceivedCountsView({ received }: { readonly received: NonNullable<ShownOverview["received"]> }) {
  const { words, format } = useReader();
  const { value, asOf, isFailing } = received;
  return (
    <Box title={words.received.nav} about={words.received.within} asOf={asOf} isFailing={isFailing}>
      {value && (
        <Facts
          facts={[
            ...Object.entries(value.byStatus).map(
              ([status, letters]) =>
                [
                  textOf(words.received.statuses, status),
                  <To key={status} place={{ view: "received", status }}>
                    {format.number(letters ?? 0)}
                  </To>,
                ] as const,
            ),
            [words.received.missing, format.number(value.missing)],
            [words.received.waitsNow, format.number(value.waiting)],
            [words.received.oldest, value.waitingSince && format.dateTime(value.waitingSince)],
          ]}
        />
      )}
    </Box>
  );
}

/** One received letter whole. */
export function ReceivedLetterView({ letter, asOf }: { readonly letter: Letter; readonly asOf: string }) {
  const { words, format } = useReader();
  const { correspondenceId = "", files, asked = [], failures = 0, status, isConfirmationNeeded } = letter;
  const isAsked = (action: string) => asked.some((one) => one.action === action);
  const isThere = status !== "notReceived" && status !== "purged";
  const isDone = (done: string) => letter.history.some((step) => step.status === done);
  return (
    <div class="stack">
      <Box title={words.received.letter} asOf={asOf}>
        <p class="row">
          <Status status={status} direction="received" />
        </p>
        <p class="ds-alert" data-color={needsSomebody(letter) ? "warning" : "info"} data-size="sm">
          <strong>{words.letter.stuck}: </strong>
          {adviceOf(letter, words)}
        </p>
        <div class="row">
          {isThere && !isDone("read") && !isAsked("read") && (
            <Act action={{ action: "readReceived", correspondenceId }} />
          )}
          {isThere && isConfirmationNeeded && !isDone("confirmed") && !isAsked("confirm") && (
            <Act action={{ action: "confirmReceived", correspondenceId }} />
          )}
          {isThere && !isAsked("purge") && <Act action={{ action: "purgeReceived", correspondenceId }} isGrave />}
        </div>
      </Box>
      <div class="grid">
        <Box title={words.letter.history}>
          <Timeline history={letter.history} words={words.received.steps} />
        </Box>
        <Box title={words.received.about}>
          <Facts
            facts={[
              [words.received.sentBy, letter.sentBy],
              [words.letter.reference, letter.sendersReference],
              [words.letter.resource, letter.resourceId],
              [words.letter.publishTime, letter.publishTime && format.dateTime(letter.publishTime)],
              [words.received.due, letter.dueTime && format.dateTime(letter.dueTime)],
              [words.letter.confirmation, yesOrNo(isConfirmationNeeded, words)],
              [words.received.asked, asked.map(({ action }) => words.received.askedFor[action]).join(", ")],
              [
                words.received.refused,
                (letter.refused ?? [])
                  .map(({ action, reason, errorCode }) =>
                    [words.received.askedFor[action], words.received.refusals[reason], errorCode]
                      .filter(Boolean)
                      .join(", "),
                  )
                  .join("; "),
              ],
              [words.received.failures, failures === 0 ? undefined : format.number(failures)],
              [words.letter.nextAttempt, letter.nextAttempt && format.dateTime(letter.nextAttempt)],
              [words.letter.correspondenceId, correspondenceId],
            ]}
          />
          <p class="ds-paragraph quiet" data-size="sm">
            {words.letter.link}
          </p>
        </Box>
        {files && files.length > 0 && (
          <Box title={words.received.files}>
            <Table
              label={words.received.files}
              columns={[
                { name: words.received.file },
                { name: words.search.status },
                { name: words.received.bytes, isNumber: true },
              ]}
            >
              {files.map(({ attachmentId, sizeBytes, problem }) => (
                <tr key={attachmentId}>
                  <th scope="row" class="id">
                    {attachmentId}
                  </th>
                  <td>{problem === undefined ? words.received.stored : textOf(words.received.problems, problem)}</td>
                  <td class="number">{sizeBytes === undefined ? "" : format.number(sizeBytes)}</td>
                </tr>
              ))}
            </Table>
          </Box>
        )}
      </div>
    </div>
  );
}

function missingOf({ files = [] }: Letter): number {
  return files.filter(({ problem }) => problem !== undefined).length;
}

function needsSomebody(letter: Letter): boolean {
  return (
    letter.status === "notReceived" ||
    missingOf(letter) > 0 ||
    (letter.failures ?? 0) > 0 ||
    (letter.refused ?? []).length > 0
  );
}

/** What there is to do, in the words of whoever reads. */
function adviceOf(letter: Letter, words: Words): string {
  const { advice } = words.received;
  const { files = [], asked = [], refused = [], failures = 0, status } = letter;
  const reason = reasonText(letter, words);
  if (reason !== undefined) return reason;
  if (failures > 0) return advice.failing;
  if (refused.length > 0) return advice.refused;
  if (status === "waiting") return advice.waiting;
  if (status === "purged") return advice.purged;
  if (asked.length > 0) return advice.asked;
  const missing = missingOf(letter);
  return missing > 0 ? `${advice.missing(missing, files.length)} ${advice.take}` : advice.take;
}
