// Fields that the contract does not know: misspelt, in the wrong place, of an older shape, or just unknown.
import { field, isObject } from "./json.ts";
import { type FieldNames, requestNames, traceNames } from "./names.ts";
import { type Finding, formatPath, type Path } from "./problem.ts";
import { meantName, plainName } from "./similarNames.ts";

/** What is done about fields that are not known (setting `UNKNOWN_FIELDS`). */
export const unknownFieldPolicies = ["refuse", "refuse-near", "pass"] as const;
/** Refuse all of them; or those by which a known one is meant that is absent; or none. */
export type UnknownFieldPolicy = (typeof unknownFieldPolicies)[number];

/** A field that is not known. */
export interface UnknownField extends Finding {
  readonly rule: "misspelt" | "misplaced" | "renamed" | "unknownField";
  /** The path of the known field that seems to be meant, and is absent. */
  readonly meant?: string;
  /** It surely is: Altinn would pass over this one without a word, and the letter would go out without it. */
  readonly isMissed: boolean;
}

/** Nobody writes so many by hand: of what comes after them it is only said that there is more. */
const MOST_FIELDS = 1_000;

/** What Altinn takes in a notification beyond the contract: passed on, and not told of. */
const altinnsOwn: readonly string[] = ["resourceid", "requestedsendtime"];

/** Names that mean something of their own in so many places that they are looked for in none. */
const commonNames: ReadonlySet<string> = new Set(["id", "blob"]);

/** Deprecated, or nothing that a letter lacks: nobody is sent there, and nothing is refused for them. */
const notSuggested: ReadonlySet<string> = new Set([
  "sender",
  "customRecipient",
  "customNotificationRecipients",
  ...Object.keys(traceNames),
]);

/** Fields of Altinn's shape before August 2024, and what became of them. `meant` where the old name has no effect any more. */
const renamedFields: ReadonlyMap<string, { readonly message: string; readonly meant?: Path }> = new Map([
  ["recipient", { message: 'Altinn takes a list now: "recipients", beside "correspondence".', meant: ["recipients"] }],
  [
    "visiblefrom",
    {
      message: "Altinn calls it requestedPublishTime now, and would publish the letter at once.",
      meant: ["correspondence", "requestedPublishTime"],
    },
  ],
  [
    "notifications",
    {
      message: 'Altinn takes one now: the object "notification" in "correspondence", and no list.',
      meant: ["correspondence", "notification"],
    },
  ],
  ["isreservable", { message: "Altinn has ignoreReservation instead, which says the opposite." }],
  ["allowsystemdeleteafter", { message: "Altinn does not have it any more: letters are kept." }],
]);

/**
 * Every field of a request with canonical names that is not known, in the order of the document. What is null says
 * nothing, and is passed over.
 */
export function findUnknownFields(request: unknown): UnknownField[] {
  const found: UnknownField[] = [];
  let count = 0;
  const look = (value: unknown, names: FieldNames, path: Path, place: Path): void => {
    if (Object.keys(names).length === 0) return;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) look(item, names, [...path, index], place);
      return;
    }
    if (!isObject(value)) return;
    const own = formatPath(place) === "correspondence.notification" ? altinnsOwn : [];
    let absent: readonly string[] | undefined;
    for (const [name, below] of Object.entries(value)) {
      const known = Object.hasOwn(names, name) ? names[name] : undefined;
      if (known !== undefined) look(below, known, [...path, name], [...place, name]);
      else if (below !== null && below !== undefined && !own.includes(name.toLowerCase())) {
        count += 1;
        if (count > MOST_FIELDS) continue;
        absent ??= Object.keys(names).filter((other) => isAbsent(value, other) && !notSuggested.has(other));
        found.push(unknownField(request, { name, path, place, absent }));
      }
    }
  };
  look(request, requestNames, [], []);
  if (count > MOST_FIELDS) {
    const message = `Has ${count} fields that are not known; only the first ${MOST_FIELDS} were looked at.`;
    found.push({ path: [], rule: "unknownField", message, isMissed: false });
  }
  return found;
}

interface Written {
  readonly name: string;
  /** Of the object that it stands in. */
  readonly path: Path;
  /** The same without the indexes of lists. */
  readonly place: Path;
  /** The known fields that the object does not have. */
  readonly absent: readonly string[];
}

function unknownField(request: unknown, { name, path, place, absent }: Written): UnknownField {
  const at = [...path, name];
  const near = meantName(name, absent);
  if (near?.isSure === true) {
    const message = `Is not known. Did you mean ${near.name}?`;
    return { path: at, rule: "misspelt", message, meant: formatPath([...path, near.name]), isMissed: true };
  }
  const isOnTop = place.length === 0 || formatPath(place) === "correspondence";
  const renamed = isOnTop ? renamedFields.get(plainName(name)) : undefined;
  if (renamed !== undefined) {
    const { message, meant } = renamed;
    const isMissed = meant !== undefined && isAbsentAt(request, meant);
    return { path: at, rule: "renamed", message, ...(isMissed ? { meant: formatPath(meant) } : {}), isMissed };
  }
  const elsewhere = placesOf(name);
  if (elsewhere.length > 0) {
    const [only] = elsewhere;
    const isMissed = only !== undefined && elsewhere.length === 1 && !only.isInList && isAbsentAt(request, only.path);
    const message = `Does not belong here, but in ${elsewhere.map((one) => one.text).join(" or ")}.`;
    return { path: at, rule: "misplaced", message, ...(isMissed ? { meant: formatPath(only.path) } : {}), isMissed };
  }
  const message = "Is not known. Altinn passes over what it does not know.";
  if (near === undefined) return { path: at, rule: "unknownField", message, isMissed: false };
  const guess = `${message} Did you mean ${near.name}?`;
  return { path: at, rule: "unknownField", message: guess, meant: formatPath([...path, near.name]), isMissed: false };
}

interface Place {
  readonly path: Path;
  readonly isInList: boolean;
  /** The path for people, the items of lists as `[]`. */
  readonly text: string;
}

const lists: ReadonlySet<string> = new Set(["attachments", "externalReferences", "replyOptions", "customRecipients"]);

let places: ReadonlyMap<string, readonly Place[]> | undefined;

/** Where the contract has a field of this name, in whatever case. */
function placesOf(name: string): readonly Place[] {
  places ??= allPlaces();
  return commonNames.has(plainName(name)) ? [] : (places.get(plainName(name)) ?? []);
}

function allPlaces(): ReadonlyMap<string, readonly Place[]> {
  const found = new Map<string, Place[]>();
  const add = (names: FieldNames, path: Path): void => {
    for (const [name, below] of Object.entries(names)) {
      if (notSuggested.has(name)) continue;
      const isInList = path.some((step) => lists.has(String(step)));
      const text = [...path, name].map((step) => (step !== name && lists.has(String(step)) ? `${step}[]` : step));
      const known = found.get(plainName(name)) ?? [];
      found.set(plainName(name), [...known, { path: [...path, name], isInList, text: text.join(".") }]);
      add(below, [...path, name]);
    }
  };
  add(requestNames, []);
  return found;
}

function isAbsentAt(request: unknown, path: Path): boolean {
  let value = request;
  for (const step of path) value = field(value, String(step));
  return value === undefined || value === null;
}

function isAbsent(value: unknown, name: string): boolean {
  return isAbsentAt(value, [name]);
}

/** Those of a request's fields that are refused. */
export function refusedFields(unknown: readonly UnknownField[], policy: UnknownFieldPolicy): readonly UnknownField[] {
  if (policy === "pass") return [];
  return policy === "refuse" ? unknown : unknown.filter(({ isMissed }) => isMissed);
}
