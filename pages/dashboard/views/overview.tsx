// The first page: whether anything needs somebody, and the whole app at a glance.
import type { FiguresAnswer } from "../../../shared/figures/answer.ts";
import type { ShownOverview } from "../ask.ts";
import { textOf, useReader } from "../reader.ts";
import type { Words } from "../texts/words.ts";
import { Act } from "./act.tsx";
import { HoursChart } from "./chart.tsx";
import { Box, Facts, Table } from "./parts.tsx";
import { ReceivedCountsView } from "./received.tsx";

/** Everything at a glance. */
export function OverviewView({ overview }: { readonly overview: ShownOverview }) {
  const { words } = useReader();
  const { lastDay, lastWeek } = overview;
  return (
    <div class="stack">
      <AttentionView overview={overview} />
      <div class="grid">
        <Box
          isWide
          title={words.overview.perHour}
          about={words.overview.perHourFor}
          asOf={lastDay.asOf}
          isFailing={lastDay.isFailing}
        >
          {lastDay.value && <HoursChart figures={lastDay.value} />}
        </Box>
        <Box
          title={words.overview.funnel}
          about={words.overview.funnelFor}
          asOf={lastWeek.asOf}
          isFailing={lastWeek.isFailing}
        >
          {lastWeek.value && <Funnel figures={lastWeek.value} />}
        </Box>
        <WaitingView overview={overview} />
        <DeadLettersView overview={overview} />
        {overview.received && <ReceivedCountsView received={overview.received} />}
        <StateView overview={overview} />
        <QueuesView overview={overview} />
      </div>
    </div>
  );
}

function AttentionView({ overview }: { readonly overview: ShownOverview }) {
  const { words, format } = useReader();
  const [first, ...others] = overview.attention.map((found) => explain(words, found, format));
  if (!first) {
    return (
      <div class="ds-alert" data-color="success" role="status">
        <h2 class="ds-heading" data-size="xs">
          {words.calm}
        </h2>
      </div>
    );
  }
  return (
    <div
      class="ds-alert"
      data-color={overview.attention[0]?.kind === "deadLetters" ? "warning" : "danger"}
      role="status"
    >
      <h2 class="ds-heading" data-size="xs">
        {first.name}
      </h2>
      <p class="ds-paragraph">{first.advice}</p>
      {others.length > 0 && (
        <ul>
          {others.map(({ name, advice }) => (
            <li key={name}>
              <strong>{name}.</strong> {advice}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function explain(
  words: Words,
  found: ShownOverview["attention"][number],
  format: ReturnType<typeof useReader>["format"],
) {
  // Each kind has a text that takes just that kind; the type of a union of functions can't say so.
  const text = words.attention[found.kind] as (
    found: unknown,
    numbers: typeof format,
  ) => ReturnType<Words["attention"]["storage"]>;
  return text(found, format);
}

const STEPS = ["sent", "published", "read", "confirmed"] as const;
const TIMES = ["sentToPublished", "publishedToRead", "sentToRead"] as const;

function Funnel({ figures: { total } }: { readonly figures: FiguresAnswer }) {
  const { words, format } = useReader();
  const failed = Object.values(total.failed).reduce((sum, count) => sum + count, 0);
  return (
    <>
      <ul class="funnel">
        {STEPS.map((step) => {
          const share = total.sent === 0 ? 0 : total[step] / total.sent;
          return (
            <li key={step}>
              <span class="row apart">
                <span>{words.figures[step]}</span>
                <span class="number">
                  <strong>{format.number(total[step])}</strong>
                  {step !== "sent" && total.sent > 0 && <span class="quiet"> {format.percent(share)}</span>}
                </span>
              </span>
              <meter
                class="bar"
                min={0}
                max={Math.max(total.sent, 1)}
                value={total[step]}
                aria-label={words.figures[step]}
              >
                {format.percent(share)}
              </meter>
            </li>
          );
        })}
      </ul>
      <Facts
        facts={[
          [words.figures.neverRead, format.number(total.neverRead)],
          [words.figures.failed, format.number(failed)],
        ]}
      />
      <Table
        label={words.overview.times}
        columns={[
          { name: words.overview.times },
          { name: words.overview.median, isNumber: true },
          { name: words.overview.p95, isNumber: true },
        ]}
      >
        {TIMES.map((name) => (
          <tr key={name}>
            <th scope="row">{words.figures[name]}</th>
            <td class="number">{total[name] ? format.duration(total[name].median) : "–"}</td>
            <td class="number">{total[name] ? format.duration(total[name].p95) : "–"}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}

function WaitingView({ overview: { waiting } }: { readonly overview: ShownOverview }) {
  const { words, format } = useReader();
  const { causes = [] } = waiting.value ?? {};
  return (
    <Box title={words.overview.waiting} asOf={waiting.asOf} isFailing={waiting.isFailing}>
      {waiting.value && causes.length === 0 && <p class="ds-paragraph">{words.overview.noneWaits}</p>}
      {causes.length > 0 && (
        <Table
          label={words.overview.waiting}
          columns={[
            { name: words.overview.cause },
            { name: words.overview.letters, isNumber: true },
            { name: words.overview.since },
            { name: words.overview.goesOn },
          ]}
        >
          {causes.map(({ cause, letters, since, next }) => (
            <tr key={cause}>
              <th scope="row">
                {words.causes[cause].name}
                <span class="quiet hint">{words.causes[cause].advice}</span>
              </th>
              <td class="number">{format.number(letters)}</td>
              <td>{since && format.dateTime(since)}</td>
              <td>{next && format.dateTime(next)}</td>
            </tr>
          ))}
        </Table>
      )}
    </Box>
  );
}

function DeadLettersView({ overview: { deadLetters } }: { readonly overview: ShownOverview }) {
  const { words, format, go } = useReader();
  const { byReason = [] } = deadLetters.value ?? {};
  return (
    <Box title={words.overview.deadLetters} asOf={deadLetters.asOf} isFailing={deadLetters.isFailing}>
      {deadLetters.value && byReason.length === 0 && <p class="ds-paragraph">{words.overview.noDeadLetters}</p>}
      {byReason.length > 0 && (
        <Table
          label={words.overview.deadLetters}
          columns={[{ name: words.overview.reason }, { name: words.overview.letters, isNumber: true }, { name: "" }]}
        >
          {byReason.map(({ end, reason, letters }) => (
            <tr key={`${end} ${reason}`}>
              <th scope="row">
                {words.reasons[reason as keyof Words["reasons"]]?.name ?? reason}
                <span class="quiet hint">{textOf(words.statuses, end)}</span>
              </th>
              <td class="number">{format.number(letters)}</td>
              <td>
                <button
                  type="button"
                  class="ds-button"
                  data-variant="tertiary"
                  data-size="sm"
                  aria-label={`${words.overview.show}: ${words.reasons[reason as keyof Words["reasons"]]?.name ?? reason}`}
                  onClick={() => go({ view: "search", status: end })}
                >
                  {words.overview.show}
                </button>
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Box>
  );
}

function StateView({ overview }: { readonly overview: ShownOverview }) {
  const { words, format } = useReader();
  const { sending, token, following } = overview;
  const at = (time: string | undefined) => (time === undefined ? words.overview.never : format.dateTime(time));
  const brake = sending.value?.pause?.cause === "brake" ? sending.value.pause : undefined;
  const isSetting = brake?.reason === "setting";
  // What stops all is not lifted where one sender is looked at.
  const isOthers = overview.sender !== undefined && sending.value?.stopsAll === true;
  const whose = overview.sender === undefined ? {} : { sender: overview.sender };
  return (
    <Box title={words.overview.state} asOf={sending.asOf} isFailing={sending.isFailing || following.isFailing}>
      <Facts
        facts={[
          [
            words.overview.brake,
            !sending.value ? (
              "–"
            ) : brake ? (
              <strong>
                {words.overview.on}: {textOf(words.brakeReasons, brake.reason ?? "operator")}
              </strong>
            ) : (
              words.overview.off
            ),
          ],
          [
            words.overview.breaker,
            sending.value ? (sending.value.breaker === "closed" ? words.overview.closed : words.overview.open) : "–",
          ],
          [
            words.overview.token,
            token.value ? token.value.isGiven ? words.overview.given : <strong>{words.overview.notGiven}</strong> : "–",
          ],
          [words.overview.lastLetter, sending.value ? at(sending.value.lastLetter) : "–"],
          [words.overview.lastHour, sending.value ? format.number(sending.value.lettersLastHour) : "–"],
          [words.overview.lastSweep, following.value ? at(following.value.lastSweep) : "–"],
          [words.overview.lastEvent, following.value ? at(following.value.lastEvent) : "–"],
        ]}
      />
      {!isSetting &&
        !isOthers &&
        sending.value &&
        (brake ? (
          <Act action={{ action: "brakeOff", ...whose }} />
        ) : (
          <Act action={{ action: "brakeOn", ...whose }} isGrave />
        ))}
    </Box>
  );
}

function QueuesView({ overview: { queues } }: { readonly overview: ShownOverview }) {
  const { words, format } = useReader();
  return (
    <Box title={words.overview.queues} asOf={queues.asOf} isFailing={queues.isFailing}>
      <Table
        label={words.overview.queues}
        columns={[{ name: words.overview.queue }, { name: words.overview.messages, isNumber: true }]}
      >
        {queues.value?.map(({ name, length, sender, beside = name }) => (
          <tr key={name}>
            <th scope="row">
              {textOf(words.queues, beside)}
              {sender === undefined ? "" : `: ${sender}`}
              <span class="quiet hint break">{name}</span>
            </th>
            <td class="number">{length === undefined ? words.overview.noQueue : format.number(length)}</td>
          </tr>
        ))}
      </Table>
    </Box>
  );
}
