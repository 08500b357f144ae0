// What is wrong with a request: the one form in which every rule of this folder speaks.

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
  const placed = findings.map((finding, index) => ({ finding, index, place: placeOf(finding.path, document) }));
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

function placeOf(path: Path, document: unknown): number[] {
  const place: number[] = [];
  let current: unknown = document;
  for (const step of path) {
    if (typeof step === "number") {
      place.push(step);
      current = Array.isArray(current) ? current[step] : undefined;
      continue;
    }
    const entries = typeof current === "object" && current !== null ? Object.entries(current) : [];
    const index = entries.findIndex(([name]) => name === step);
    place.push(index < 0 ? Number.MAX_SAFE_INTEGER : index);
    current = entries[index]?.[1];
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
