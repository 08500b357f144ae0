// Small things that several views have.
import type { ComponentChildren } from "preact";
import type { Letter } from "../../../shared/finding/letter.ts";
import type { Direction } from "../../../shared/finding/words.ts";
import type { Answer } from "../ask.ts";
import { hashOf, type Place } from "../places.ts";
import { textOf, useReader } from "../reader.ts";
import type { Words } from "../texts/words.ts";

/** A box with a heading, and how old what it shows is. */
export function Box(props: {
  readonly title: string;
  readonly about?: string;
  readonly asOf?: string | undefined;
  readonly isFailing?: boolean;
  /** As wide as the page. */
  readonly isWide?: boolean;
  readonly children: ComponentChildren;
}) {
  const { words, format } = useReader();
  return (
    <section class={props.isWide ? "ds-card box wide" : "ds-card box"} data-color="neutral">
      <h2 class="ds-heading" data-size="xs">
        {props.title}
      </h2>
      {props.about && (
        <p class="ds-paragraph quiet" data-size="sm">
          {props.about}
        </p>
      )}
      {props.isFailing && (
        <p class="ds-alert" data-color="warning" data-size="sm">
          {words.notRead}
        </p>
      )}
      {props.children}
      {props.asOf && (
        <p class="ds-paragraph quiet fresh" data-size="xs">
          {words.asOf(format.clock(props.asOf))}
        </p>
      )}
    </section>
  );
}

/** A link within the page. */
export function To(props: { readonly place: Place; readonly children: ComponentChildren; readonly current?: boolean }) {
  const { go } = useReader();
  return (
    <a
      class="ds-link"
      href={hashOf(props.place)}
      aria-current={props.current ? "page" : undefined}
      onClick={(event) => {
        // Another tab or window is the browser's business.
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        go(props.place);
      }}
    >
      {props.children}
    </a>
  );
}

/** Colours of the design system, by how well a letter fares. */
const COLOURS: Readonly<Record<string, "success" | "danger" | "warning" | "neutral">> = {
  read: "success",
  confirmed: "success",
  received: "success",
  notReceived: "danger",
  replied: "success",
  archived: "success",
  rejected: "danger",
  gaveUp: "danger",
  failed: "danger",
  reserved: "danger",
  outcomeUnknown: "danger",
  cancelled: "neutral",
  waiting: "warning",
  neverRead: "warning",
  neverConfirmed: "warning",
  notificationFailed: "warning",
  notPublished: "warning",
  attachmentsExpiring: "warning",
};

/** How far a letter has come, in a word. */
export function Status({ status, direction = "sent" }: { readonly status: string; readonly direction?: Direction }) {
  const { words } = useReader();
  const statuses = direction === "received" ? words.received.statuses : words.statuses;
  return (
    <span class="ds-tag" data-color={COLOURS[status] ?? "info"} data-size="sm">
      {textOf(statuses, status)}
    </span>
  );
}

/** What has happened to a letter, each step once, with all who told of it. @param words of each step */
export function Timeline({
  history,
  words: steps,
}: {
  readonly history: Letter["history"];
  readonly words: Readonly<Record<string, string>>;
}) {
  const { words, format } = useReader();
  return (
    <ol class="timeline">
      {stepsOf(history).map(({ status, time, sources }) => (
        <li key={`${status} ${time}`}>
          <time dateTime={time}>{format.dateTime(time)}</time>
          <span>
            {textOf(steps, status)}
            <span class="quiet hint">
              {[...new Set(sources.map((source) => textOf(words.sources, source)))].join(", ")}
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}

function stepsOf(history: Letter["history"]) {
  const steps = new Map<string, { readonly status: string; readonly time: string; readonly sources: string[] }>();
  for (const { status, time, source } of history) {
    const step = steps.get(status);
    if (!step) steps.set(status, { status, time, sources: [source] });
    else if (!step.sources.includes(source)) step.sources.push(source);
  }
  return [...steps.values()];
}

/** Names and what they are. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts
        .filter(([, value]) => value !== undefined && value !== null && value !== "")
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="break">{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** Yes or no; nothing where it is not known. */
export function yesOrNo(value: boolean | undefined, { letter }: Words): string | undefined {
  if (value === undefined) return undefined;
  return value ? letter.yes : letter.no;
}

/** Why a letter came to what it did, and what there is to do, in the words of its direction; nothing where no reason is known. */
export function reasonText({ direction, end }: Letter, { reasons, received }: Words): string | undefined {
  if (end?.reason === undefined) return undefined;
  const texts = direction === "received" ? { ...reasons, ...received.reasons } : { ...received.reasons, ...reasons };
  const { name, advice } = texts[end.reason];
  return `${name}. ${advice}`;
}

/** A column of a table: its heading, empty above buttons, and whether it holds numbers. */
export interface Column {
  readonly name: string;
  readonly isNumber?: boolean;
}

/** A table. What of it is wider than a narrow page scrolls by itself, by keyboard too. */
export function Table(props: {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it what overflows can't be reached by keyboard (WCAG 2.1.1)
    <section class="scroll" tabIndex={0} aria-label={props.label}>
      <table class="ds-table" data-size="sm">
        <thead>
          <tr>
            {props.columns.map(({ name, isNumber }) =>
              name === "" ? (
                <td key="buttons" />
              ) : (
                <th key={name} scope="col" class={isNumber ? "number" : undefined}>
                  {name}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </section>
  );
}

/** Why a letter, or its request, can't be shown. */
export function NoAnswer({ answer }: { readonly answer: Exclude<Answer<unknown>, { kind: "ok" }> }) {
  const { words } = useReader();
  const text = {
    none: words.letter.gone,
    wrong: words.letter.gone,
    signedOut: words.signedOut,
    failed: words.disconnected,
  };
  return (
    <p class="ds-alert" data-color="warning">
      {text[answer.kind]}
    </p>
  );
}
