// CloudEvents as Altinn Events pushes them.

/** What an event is about. */
export type EventAbout = "correspondence" | "attachment" | "notification" | "other";

/** One of Altinn's events. Its subject, which can be a person's identity number, is not kept. */
export interface AltinnEvent {
  readonly id: string;
  /** In lower case, without `no.altinn.correspondence.`; the whole type where it begins otherwise. */
  readonly type: string;
  readonly about: EventAbout;
  /** The id of the correspondence, attachment or notification order; empty where another source gives none. */
  readonly instanceId: string;
  /** Without the prefix `urn:altinn:resource:`. */
  readonly resourceId?: string;
  /** When it happened, in epoch milliseconds. */
  readonly time: number;
}

/** What was posted: the question whether this endpoint wants events, an event, or something else. */
export type ParsedEvent =
  | { readonly kind: "validation" }
  | { readonly kind: "event"; readonly event: AltinnEvent }
  /** The problems name attributes and rules, and never repeat values. */
  | { readonly kind: "invalid"; readonly problems: string[] };
