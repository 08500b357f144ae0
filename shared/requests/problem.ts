// What is wrong with a request: the one form in which every rule of this folder speaks.
import { field, isObject } from "./json.ts";

/** One broken rule. Nothing in it repeats a value that the producer wrote, since values may be personal. */
export interface Problem {
  /** Where, in canonical names: `correspondence.content.attachments[0].fileName`; empty for the request as a whole. */
  readonly path: string;
  /** Which rule, for machines: `maxLength`, `plainText`, `recipientFormat`, ... */
  readonly rule: string;
  /** For people: what is wrong and what to do about it. */
  readonly message: string;
}

/** The steps that lead to a field: names of fields and indexes of lists. */
export type Path = readonly (string | number)[];

/** A broken rule before its path is written out. */
export interface Finding {
  readonly path: Path;
  readonly rule: string;
  readonly message: string;
}

/** `["a", "b", 0, "c"]` as `a.b[0].c`. */
export function formatPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}

/**
 * Findings as problems, in the order of the document: a field before what is in it, siblings as they were
 * written, and what is missing after all that is there. The same finding twice counts once.
 */
export function toProblems(findings: readonly Finding[], document: unknown): Problem[] {
  const positionsIn = fieldPositions();
  const placed = findings.map((finding, index) => {
    return { finding, index, place: placeOf(finding.path, document, positionsIn) };
  });
  placed.sort((a, b) => comparePlaces(a.place, b.place) || a.index - b.index);
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const { finding } of placed) {
    const problem = { path: formatPath(finding.path), rule: finding.rule, message: finding.message };
    const key = JSON.stringify([problem.path, problem.rule]);
    if (!seen.has(key)) problems.push(problem);
    seen.add(key);
  }
  return problems;
}

type FieldPositions = (value: unknown) => ReadonlyMap<string, number>;

/**
 * Where each field of an object stands, counted once for each object: a message of 64 KiB has room for ten thousand
 * findings beside thousands of fields, and to count anew for each finding takes most of a minute.
 */
function fieldPositions(): FieldPositions {
  const known = new WeakMap<object, ReadonlyMap<string, number>>();
  return (value) => {
    if (!isObject(value)) return new Map();
    const positions = known.get(value) ?? new Map(Object.keys(value).map((name, index) => [name, index]));
    known.set(value, positions);
    return positions;
  };
}

function placeOf(path: Path, document: unknown, positionsIn: FieldPositions): number[] {
  const place: number[] = [];
  let current: unknown = document;
  for (const step of path) {
    if (typeof step === "number") {
      place.push(step);
      current = Array.isArray(current) ? current[step] : undefined;
      continue;
    }
    place.push(positionsIn(current).get(step) ?? Number.MAX_SAFE_INTEGER);
    current = field(current, step);
  }
  return place;
}

function comparePlaces(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
