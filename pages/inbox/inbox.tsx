// The list of letters, and beside it the one that is open.
import { useEffect, useRef, useState } from "preact/hooks";
import { OpenLetter } from "./letter.tsx";
import type { LetterRow, Letters } from "./model.ts";
import { StatusTag, Tag, type Texts } from "./parts.tsx";
import type { Polled } from "./server.ts";

/** The inbox; `open` is the id of a letter. */
export function Inbox(props: {
  readonly texts: Texts;
  readonly letters: Polled<Letters>;
  readonly open: string | undefined;
}) {
  const { texts, letters, open } = props;
  const { words, formats } = texts;
  const [recipient, setRecipient] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  const wasOpen = useRef(open);
  useEffect(() => {
    // Where a letter was closed, whoever goes by keyboard goes on from the list.
    if (wasOpen.current !== undefined && open === undefined) heading.current?.focus();
    wasOpen.current = open;
  }, [open]);

  const all = letters.data?.letters ?? [];
  const shown = all.filter((letter) => recipient === "" || letter.recipient === recipient);
  const inside = shown.filter(({ place }) => place === "inbox");
  const outside = shown.filter(({ place }) => place !== "inbox");
  const total = letters.data?.total ?? 0;
  return (
    <div class={open === undefined ? "inbox" : "inbox with-letter"}>
      <div class="list stack">
        <div class="row apart">
          <h1 class="ds-heading" data-size="md" ref={heading} tabIndex={-1}>
            {words.inbox}
          </h1>
          <Recipients texts={texts} letters={all} chosen={recipient} onChange={setRecipient} />
        </div>
        {letters.data !== undefined && all.length === 0 && (
          <div class="ds-card">
            <h2 class="ds-heading" data-size="xs">
              {words.noLetters}
            </h2>
            <p class="ds-paragraph">{words.noLettersHint}</p>
            <p>
              <code class="break">npm run send -- examples/letter.json</code>
            </p>
          </div>
        )}
        <Rows texts={texts} letters={inside} open={open} />
        {outside.length > 0 && (
          <details class="ds-details" data-color="neutral" open={inside.length === 0}>
            <summary>
              {words.elsewhere} ({formats.number(outside.length)})
            </summary>
            <div>
              <Rows texts={texts} letters={outside} open={open} />
            </div>
          </details>
        )}
        {total > all.length && <p class="quiet">{words.newestOf(formats.number(all.length), formats.number(total))}</p>}
      </div>
      {open === undefined ? (
        all.length > 0 && (
          <div class="reader hint quiet">
            <p class="ds-paragraph">
              <strong>{words.choose}</strong>
            </p>
            <p class="ds-paragraph">{words.chooseHint}</p>
          </div>
        )
      ) : (
        <OpenLetter
          key={open}
          texts={texts}
          id={open}
          row={all.find(({ id }) => id === open)}
          refresh={() => letters.refresh()}
        />
      )}
    </div>
  );
}

function Recipients(props: {
  readonly texts: Texts;
  readonly letters: readonly LetterRow[];
  readonly chosen: string;
  readonly onChange: (recipient: string) => void;
}) {
  const { texts, letters, chosen, onChange } = props;
  const names = new Map(letters.map(({ recipient, recipientName }) => [recipient, recipientName]));
  if (names.size < 2) return null;
  return (
    <select
      class="ds-input choice"
      aria-label={texts.words.recipient}
      value={chosen}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    >
      <option value="">{texts.words.allRecipients}</option>
      {[...names]
        .sort(([, one], [, two]) => one.localeCompare(two))
        .map(([recipient, name]) => (
          <option key={recipient} value={recipient}>
            {name}
          </option>
        ))}
    </select>
  );
}

function Rows({ texts, letters, open }: { texts: Texts; letters: readonly LetterRow[]; open: string | undefined }) {
  if (letters.length === 0) return null;
  return (
    <ul class="rows">
      {letters.map((letter) => (
        <Row key={letter.id} texts={texts} letter={letter} isOpen={letter.id === open} />
      ))}
    </ul>
  );
}

function Row({ texts, letter, isOpen }: { texts: Texts; letter: LetterRow; isOpen: boolean }) {
  const { words, formats } = texts;
  const isUnread = letter.place === "inbox" && !letter.isRead;
  return (
    <li>
      <a
        class={isUnread ? "letter-row unread" : "letter-row"}
        href={`#/letters/${letter.id}`}
        aria-current={isOpen ? "true" : undefined}
      >
        <span class="row apart">
          <span class="sender break">{letter.sender}</span>
          <time class="quiet" dateTime={new Date(letter.at).toISOString()}>
            {formats.dateTime(letter.at)}
          </time>
        </span>
        <span class="title break" lang={letter.language}>
          {letter.title}
        </span>
        <span class="quiet break">
          {words.letter.to} {letter.recipientName}
        </span>
        <span class="row tags">
          {isUnread ? <Tag color="info" text={words.isUnread} /> : <StatusTag texts={texts} letter={letter} />}
          {letter.isConfirmationDue && <Tag color="warning" text={words.isConfirmationDue} />}
          {letter.files > 0 && <Tag color="neutral" text={words.files(letter.files)} />}
        </span>
      </a>
    </li>
  );
}
