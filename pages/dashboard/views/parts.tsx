// Small things that several views have.
import type { ComponentChildren } from "preact";
import { hashOf, type Place } from "../places.ts";
import { textOf, useReader } from "../reader.ts";

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
};

/** How far a letter has come, in a word. */
export function Status({ status }: { readonly status: string }) {
  const { words } = useReader();
  return (
    <span class="ds-tag" data-color={COLOURS[status] ?? "info"} data-size="sm">
      {textOf(words.statuses, status)}
    </span>
  );
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

/** What is wider than a narrow page scrolls by itself, by keyboard too. */
export function Scrolling(props: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it what overflows can't be reached by keyboard (WCAG 2.1.1)
    <section class="scroll" tabIndex={0} aria-label={props.label}>
      {props.children}
    </section>
  );
}
