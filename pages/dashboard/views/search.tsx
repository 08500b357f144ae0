// Letters by whatever somebody has at hand: a reference, the id of a request, or an id of the letter.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Letter } from "../../../shared/finding/letter.ts";
import { type Answer, ask } from "../ask.ts";
import type { Place } from "../places.ts";
import { textOf, useReader } from "../reader.ts";
import { idOf, LettersTable } from "./letters.tsx";
import { Box, To } from "./parts.tsx";

/** One way to ask, and where its next page begins. */
interface Way {
  readonly by: Readonly<Record<string, string>>;
  readonly next?: string | undefined;
}

/** What letters are asked for by, without anything at hand. */
const BY_STATUS = [
  "waiting",
  "published",
  "read",
  "confirmed",
  "failed",
  "rejected",
  "gaveUp",
  "outcomeUnknown",
  "cancelled",
] as const;

const ORGANIZATION = /^\d{9}$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** In how many ways a text can be meant; of a sender's letters alone, where one is chosen. */
export function waysOf(asked: string | undefined, status: string | undefined, sender?: string): Way[] {
  const whose = sender === undefined ? {} : { sender };
  if (status !== undefined) return [{ by: { status, ...whose } }];
  const text = asked?.trim() ?? "";
  if (text === "") return [];
  const ids = UUID.test(text) ? [{ correspondenceId: text }, { dispatchId: text }] : [];
  return [...ids, { reference: text }, { requestId: text }].map((by) => ({ by: { ...by, ...whose } }));
}

/** The same of received letters. */
export function receivedWaysOf(asked: string | undefined, status: string | undefined): Way[] {
  const direction = "received";
  if (status !== undefined) return [{ by: { direction, status } }];
  const text = asked?.trim() ?? "";
  if (text === "") return [];
  const by = [
    ...(UUID.test(text) ? [{ correspondenceId: text }] : []),
    ...(ORGANIZATION.test(text) ? [{ sentBy: text }] : []),
    { reference: text },
  ];
  return by.map((one) => ({ by: { direction, ...one } }));
}

/** The search, and what it found. */
export function SearchView({ place }: { readonly place: Place & { readonly view: "search" | "received" } }) {
  const { words, go, sender } = useReader();
  const { asked, status, view } = place;
  const isReceived = view === "received";
  const texts = isReceived ? { ...words.search, ...words.received } : words.search;
  const title = isReceived ? words.received.find : words.nav.search;
  // Received letters are no sender's: choosing another is no reason to ask again.
  const whose = isReceived ? undefined : sender;
  const statuses: Readonly<Record<string, string>> = isReceived ? words.received.statuses : words.statuses;
  const [letters, setLetters] = useState<readonly Letter[]>();
  const [ways, setWays] = useState<readonly Way[]>([]);
  const [failed, setFailed] = useState<string>();
  const field = useRef<HTMLInputElement>(null);
  /** Which search is shown: answers to an earlier one come too late. */
  const search = useRef(0);

  /** Asks in each way, and adds what is found. */
  async function find(from: readonly Way[], before: readonly Letter[]): Promise<void> {
    const asking = search.current;
    const pages = await Promise.all(
      from.map(async ({ by, next }) => ({
        by,
        page: await ask("letters", { ...by, ...(next === undefined ? {} : { next }) }),
      })),
    );
    if (asking !== search.current) return;
    const found = new Map(before.map((letter) => [idOf(letter), letter]));
    for (const { page } of pages) {
      if (page.kind === "ok") for (const letter of page.value.letters) found.set(idOf(letter), letter);
    }
    setLetters([...found.values()]);
    setWays(
      pages.flatMap(({ by, page }) => (page.kind === "ok" && page.value.next ? [{ by, next: page.value.next }] : [])),
    );
    const wrong = pages.find(({ page }) => page.kind !== "ok")?.page;
    setFailed(wrong && failureOf(wrong));
  }

  function failureOf(answer: Answer<unknown>): string {
    if (answer.kind === "signedOut") return words.signedOut;
    return answer.kind === "wrong" ? answer.detail : words.disconnected;
  }

  useEffect(() => {
    search.current++;
    setLetters(undefined);
    setFailed(undefined);
    const first = isReceived ? receivedWaysOf(asked, status) : waysOf(asked, status, whose);
    setWays([]);
    if (first.length > 0) void find(first, []);
  }, [isReceived, asked, status, whose]);

  return (
    <Box title={title}>
      <form
        class="row search"
        onSubmit={(event) => {
          event.preventDefault();
          go({ view, asked: field.current?.value ?? "" });
        }}
      >
        <div class="ds-field grow">
          <label class="ds-label" for="asked">
            {texts.label}
          </label>
          <p class="quiet" id="asked-hint" data-field="description">
            {texts.hint}
          </p>
          <input
            class="ds-input"
            id="asked"
            ref={field}
            key={asked}
            defaultValue={asked ?? ""}
            aria-describedby="asked-hint"
            autocomplete="off"
            spellcheck={false}
          />
        </div>
        <button type="submit" class="ds-button">
          {words.search.button}
        </button>
      </form>
      <nav class="row" aria-label={words.search.byStatus}>
        <span class="quiet">{words.search.byStatus}</span>
        {(isReceived ? Object.keys(statuses) : BY_STATUS).map((each) => (
          <To key={each} place={{ view, status: each }} current={each === status}>
            {textOf(statuses, each)}
          </To>
        ))}
      </nav>
      <div role="status">
        {failed !== undefined && (
          <p class="ds-alert" data-color="danger" data-size="sm">
            {failed}
          </p>
        )}
        {letters && failed === undefined && (
          <p class="ds-paragraph">
            {status !== undefined && `${textOf(statuses, status)}: `}
            {letters.length === 0 && ways.length === 0 ? texts.none : words.search.some(letters.length)}
          </p>
        )}
      </div>
      {letters && letters.length > 0 && <LettersTable letters={letters} label={title} />}
      {letters && ways.length > 0 && (
        <button type="button" class="ds-button" data-variant="secondary" onClick={() => find(ways, letters)}>
          {words.search.more}
        </button>
      )}
    </Box>
  );
}
