// Requests with single fields replaced, for tests that look at a great many of them.

/** The steps to a field. */
export type FieldPath = readonly (string | number)[];

/** One replacement; undefined removes the field. */
export interface Change {
  readonly path: FieldPath;
  readonly value: unknown;
}

/** The same value with every change made; what a path leads through and is not there is made. */
export function withChanges(value: unknown, changes: readonly Change[]): unknown {
  return changes.reduce((changed: unknown, { path, value: wanted }) => replaced(changed, path, wanted), value);
}

function replaced(value: unknown, [step, ...rest]: FieldPath, wanted: unknown): unknown {
  if (step === undefined) return wanted;
  if (typeof step === "number") {
    const items: unknown[] = Array.isArray(value) ? [...value] : [];
    items[step] = replaced(items[step], rest, wanted);
    return items;
  }
  const entries = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const fields = new Map<string, unknown>(entries);
  const field = replaced(fields.get(step), rest, wanted);
  if (field === undefined) fields.delete(step);
  else fields.set(step, field);
  return Object.fromEntries(fields);
}
