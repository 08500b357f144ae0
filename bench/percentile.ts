// Percentiles of a sample. Pure.

/** The smallest value that so much of the sample (from 0 to 1) does not exceed (nearest rank); NaN of an empty one. */
export function percentile(values: readonly number[], share: number): number {
  const rank = Math.max(Math.ceil(values.length * share), 1);
  return values.toSorted((a, b) => a - b)[rank - 1] ?? Number.NaN;
}

/** The middle one of a sample. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
