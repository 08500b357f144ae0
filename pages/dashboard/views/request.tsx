// A request: how far its letters have come. It is reached through one of them, so that the address names no request.
import { useEffect, useState } from "preact/hooks";
import type { RequestAnswer } from "../../../shared/finding/answers.ts";
import { type Answer, ask } from "../ask.ts";
import { textOf, useReader } from "../reader.ts";
import { Act } from "./act.tsx";
import { LettersTable } from "./letters.tsx";
import { Box, Facts, NoAnswer } from "./parts.tsx";

/** The page of the request that a letter belongs to. @param changes counts what was done */
export function RequestView({ ofLetter, changes }: { readonly ofLetter: string; readonly changes: number }) {
  const { words, format } = useReader();
  const [answer, setAnswer] = useState<Answer<RequestAnswer>>();
  const [letters, setLetters] = useState<RequestAnswer["letters"]>([]);
  const [next, setNext] = useState<string>();

  useEffect(() => {
    let isWanted = true;
    void (async () => {
      const letter = await ask("letter", { id: ofLetter });
      const requestId = letter.kind === "ok" ? letter.value.letter.requestId : undefined;
      const found: Answer<RequestAnswer> =
        requestId === undefined
          ? letter.kind === "ok"
            ? { kind: "none" }
            : letter
          : await ask("request", { requestId });
      if (!isWanted) return;
      setAnswer(found);
      if (found.kind !== "ok") return;
      setLetters(found.value.letters);
      setNext(found.value.next);
    })();
    return () => {
      isWanted = false;
    };
  }, [ofLetter, changes]);

  if (!answer) return <p class="ds-paragraph">{words.loading}</p>;
  if (answer.kind !== "ok") return <NoAnswer answer={answer} />;
  const { requestId, total, sent, waiting, ended, uploads, since, asOf } = answer.value;
  return (
    <div class="stack">
      <Box title={words.request.title} asOf={asOf}>
        <p class="ds-paragraph">
          <strong>{words.request.progress(sent, total)}</strong>
        </p>
        <meter
          class="bar"
          min={0}
          max={Math.max(total, 1)}
          value={sent}
          aria-label={words.request.progress(sent, total)}
        />
        <Facts
          facts={[
            [words.letter.request, requestId],
            [words.search.since, format.dateTime(since)],
            [words.statuses.waiting, format.number(waiting)],
            ...Object.entries(ended)
              .filter(([, count]) => count > 0)
              .map(([end, count]) => [textOf(words.statuses, end), format.number(count)] as const),
          ]}
        />
        {uploads && <p class="ds-paragraph">{words.request.uploads(uploads.published, uploads.total)}</p>}
        <div class="row">
          <Act action={{ action: "cancelRequest", requestId }} isGrave />
        </div>
      </Box>
      <Box title={words.request.letters}>
        <LettersTable letters={letters} label={words.request.letters} />
        {next !== undefined && (
          <button
            type="button"
            class="ds-button"
            data-variant="secondary"
            onClick={async () => {
              const more = await ask("request", { requestId, next });
              if (more.kind !== "ok") return;
              setLetters([...letters, ...more.value.letters]);
              setNext(more.value.next);
            }}
          >
            {words.next}
          </button>
        )}
      </Box>
    </div>
  );
}
