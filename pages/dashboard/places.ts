// Where in the page one is. The address names letters by ids alone: references and ids of requests, which may say more,
// are kept in the history of this browser and never in an address that is passed on.

/** A view of the page. */
export type Place =
  | { readonly view: "overview" }
  /** `asked` is what was searched for, `status` what is shown of all letters. */
  | { readonly view: "search"; readonly asked?: string | undefined; readonly status?: string | undefined }
  | { readonly view: "letter"; readonly id: string }
  /** The same of received letters, and one of them. */
  | { readonly view: "received"; readonly asked?: string | undefined; readonly status?: string | undefined }
  | { readonly view: "receivedLetter"; readonly id: string }
  /** The request that a letter belongs to. */
  | { readonly view: "request"; readonly ofLetter: string };

/** The place of an address's fragment and the history's state. */
export function placeOf(hash: string, state: unknown): Place {
  const [view, id, part] = hash.replace(/^#\/?/, "").split("/");
  if (view === "received" && id) return { view: "receivedLetter", id: idIn(id) };
  if (view === "search" || view === "received") {
    return { view, asked: textIn(state, "asked"), status: textIn(state, "status") };
  }
  if (view === "letters" && id && part === "request") return { view: "request", ofLetter: idIn(id) };
  if (view === "letters" && id) return { view: "letter", id: idIn(id) };
  return { view: "overview" };
}

/** The fragment of a place. */
export function hashOf(place: Place): string {
  switch (place.view) {
    case "overview":
      return "#/";
    case "search":
      return "#/search";
    case "received":
      return "#/received";
    case "receivedLetter":
      return `#/received/${encodeURIComponent(place.id)}`;
    case "letter":
      return `#/letters/${encodeURIComponent(place.id)}`;
    case "request":
      return `#/letters/${encodeURIComponent(place.ofLetter)}/request`;
  }
}

function idIn(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function textIn(state: unknown, key: string): string | undefined {
  const value: unknown = typeof state === "object" && state !== null ? Reflect.get(state, key) : undefined;
  return typeof value === "string" ? value : undefined;
}
