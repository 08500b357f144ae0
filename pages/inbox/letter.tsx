// A letter as its recipient reads it, with what can be done with it, what is sent to tell of it, and what has happened.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Messages } from "./messages.tsx";
import type { Letter, LetterRow } from "./model.ts";
import { Section, StatusTag, type Texts } from "./parts.tsx";
import { act, ask } from "./server.ts";

/** The letter of that id. It is asked for again when its row says that something happened to it. */
export function OpenLetter(props: {
  readonly texts: Texts;
  readonly id: string;
  readonly row: LetterRow | undefined;
  readonly refresh: () => Promise<void>;
}) {
  const { texts, id, row, refresh } = props;
  const { words } = texts;
  const [letter, setLetter] = useState<Letter>();
  const [problem, setProblem] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  const isOpened = useRef(false);
  const changes = row?.changes;
  const isThere = letter !== undefined;

  // What happened to the letter is why it is asked for again
  useEffect(() => {
    ask<Letter>(`_inbox/letters/${id}`).then(
      (found) => (found === undefined ? setProblem(words.letter.gone) : setLetter(found)),
      () => undefined,
    );
  }, [id, changes]);
  useEffect(() => heading.current?.focus(), [isThere]);

  const work = useCallback(
    async (done: Promise<void>) => {
      try {
        await done;
        setProblem("");
      } catch (error) {
        setProblem(`${words.notDone} ${error instanceof Error ? error.message : String(error)}`);
      }
      await refresh();
    },
    [words, refresh],
  );
  // In Altinn too a letter is read when it is opened.
  useEffect(() => {
    if (letter?.place !== "inbox" || letter.isRead || isOpened.current) return;
    isOpened.current = true;
    void work(act(id, "read"));
  }, [letter, id, work]);

  return (
    <div class="reader stack">
      <a class="ds-link back" href="#/">
        ← {words.letter.back}
      </a>
      {problem !== "" && (
        <div class="ds-alert" data-color="danger" role="alert">
          {problem}
        </div>
      )}
      {letter !== undefined && (
        <>
          <article class="ds-card" aria-labelledby="letter">
            <div class="row">
              <StatusTag texts={texts} letter={letter} />
            </div>
            <h2 class="ds-heading break" data-size="md" id="letter" lang={letter.language} ref={heading} tabIndex={-1}>
              {letter.title}
            </h2>
            <About texts={texts} letter={letter} />
            {letter.place !== "inbox" && (
              <div class="ds-alert" data-color="info">
                {words.letter.notOpened}
              </div>
            )}
            {letter.summary !== "" && (
              <p class="ds-paragraph summary break" lang={letter.language}>
                {letter.summary}
              </p>
            )}
            <Body html={letter.bodyHtml} language={letter.language} />
            <Attachments texts={texts} letter={letter} refresh={refresh} />
            <Replies texts={texts} letter={letter} work={work} />
            <Actions texts={texts} letter={letter} work={work} />
          </article>
          <div class="grid">
            <Messages texts={texts} messages={letter.messages} language={letter.language} />
            <History texts={texts} letter={letter} />
          </div>
        </>
      )}
    </div>
  );
}

type Work = (done: Promise<void>) => Promise<void>;

function About({ texts, letter }: { texts: Texts; letter: Letter }) {
  const { words, formats } = texts;
  const facts: readonly (readonly [string, string])[] = [
    [words.letter.from, letter.sender],
    [words.letter.to, letter.recipientName],
    [letter.place === "coming" ? words.letter.comes : words.letter.received, formats.dateTime(letter.at)],
    ...(letter.due === null ? [] : ([[words.letter.due, formats.dateTime(letter.due)]] as const)),
    [words.letter.resource, letter.resourceId],
    [words.letter.reference, letter.sendersReference],
    ...letter.references,
  ];
  return (
    <dl class="about">
      {facts.map(([name, value]) => (
        <div key={`${name} ${value}`}>
          <dt class="quiet">{name}</dt>
          <dd class="break">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The simulator makes the HTML safe: it has the tags of text alone, and the page's policy lets no script run in it. */
function Body({ html, language }: { html: string; language: string }) {
  const body = useRef<HTMLDivElement>(null);
  // The links are those of the HTML
  useEffect(() => {
    for (const link of body.current?.querySelectorAll("a") ?? []) {
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      link.className = "ds-link";
    }
  }, [html]);
  return <div class="body break" ref={body} lang={language} dangerouslySetInnerHTML={{ __html: below(html) }} />;
}

/** The headings of a letter stand below those of the page, under its title. */
function below(html: string): string {
  return html.replaceAll(/<(\/?)h([1-6])>/g, (_, end, level) => `<${end}h${Math.min(Number(level) + 2, 6)}>`);
}

function Attachments({ texts, letter, refresh }: { texts: Texts; letter: Letter; refresh: () => Promise<void> }) {
  const { words, formats } = texts;
  if (letter.attachments.length === 0) return null;
  return (
    <section class="part" aria-labelledby="attachments">
      <h3 class="ds-heading" data-size="2xs" id="attachments">
        {words.letter.attachments}
      </h3>
      <ul class="plain">
        {letter.attachments.map(({ id, name, size, isKept }) => (
          <li key={id} class="row">
            {isKept && letter.place === "inbox" ? (
              <a
                class="ds-button break"
                data-variant="secondary"
                data-size="sm"
                href={`_inbox/letters/${letter.id}/files/${id}`}
                download
                onClick={() => window.setTimeout(() => void refresh(), 300)}
              >
                {words.letter.download} {name}
              </a>
            ) : (
              <span class="break">{name}</span>
            )}
            {size !== null && <span class="quiet">{formats.number(Math.ceil(size / 1_000))} kB</span>}
            {!isKept && letter.place === "inbox" && <span class="quiet">{words.letter.notKept}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Replies({ texts, letter, work }: { texts: Texts; letter: Letter; work: Work }) {
  const { words } = texts;
  if (letter.replies.length === 0) return null;
  return (
    <section class="part" aria-labelledby="replies">
      <h3 class="ds-heading" data-size="2xs" id="replies">
        {words.letter.replies}
      </h3>
      <ul class="plain">
        {letter.replies.map(({ text, address }) => (
          <li key={`${text} ${address}`} class="row">
            <button
              class="ds-button"
              type="button"
              data-variant="secondary"
              data-size="sm"
              disabled={letter.place !== "inbox"}
              lang={text === null ? undefined : letter.language}
              onClick={() => void work(act(letter.id, "replied"))}
            >
              {text ?? words.letter.reply}
            </button>
            <span class="quiet break">{address}</span>
          </li>
        ))}
      </ul>
      <p class="ds-paragraph quiet" data-size="sm">
        {words.letter.replyHint}
      </p>
    </section>
  );
}

function Actions({ texts, letter, work }: { texts: Texts; letter: Letter; work: Work }) {
  const { words } = texts;
  const dialog = useRef<HTMLDialogElement>(null);
  if (letter.actions.length === 0) return null;
  return (
    <div class="row part">
      {letter.actions.map((action) => {
        const isPurge = action === "purgedByRecipient";
        return (
          <button
            key={action}
            class="ds-button"
            type="button"
            data-variant={action === "confirmed" ? "primary" : "secondary"}
            data-color={isPurge ? "danger" : undefined}
            data-size="sm"
            onClick={() => (isPurge ? dialog.current?.showModal() : void work(act(letter.id, action)))}
          >
            {words.letter.actions[action]}
          </button>
        );
      })}
      <dialog class="ds-dialog" ref={dialog} aria-labelledby="purge">
        <h3 class="ds-heading" data-size="xs" id="purge">
          {words.letter.sureToPurge}
        </h3>
        <p class="ds-paragraph">{words.letter.sureToPurgeHint}</p>
        <div class="row">
          <button
            class="ds-button"
            type="button"
            data-color="danger"
            onClick={() => {
              dialog.current?.close();
              void work(act(letter.id, "purgedByRecipient"));
            }}
          >
            {words.letter.actions.purgedByRecipient}
          </button>
          <button
            class="ds-button"
            type="button"
            data-variant="secondary"
            autofocus
            onClick={() => dialog.current?.close()}
          >
            {words.letter.cancel}
          </button>
        </div>
      </dialog>
    </div>
  );
}

function History({ texts, letter }: { texts: Texts; letter: Letter }) {
  const { words, formats } = texts;
  return (
    <Section id="history" heading={words.letter.history}>
      <ol class="history">
        {letter.history.map(({ status, text, at }, index) => (
          <li key={index}>
            <span>{words.statuses[status]}</span> <time class="quiet">{formats.dateTime(at)}</time>
            {text !== status && (
              <div class="quiet break" lang="en">
                {text}
              </div>
            )}
          </li>
        ))}
      </ol>
    </Section>
  );
}
