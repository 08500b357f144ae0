// The rate of a run without its beginning and its end, where the workers are not all busy. Pure.

/** How many letters had been sent at a time, in milliseconds. */
export interface Sample {
  readonly at: number;
  readonly sent: number;
}

/** Letters per second between the samples at a tenth and at nine tenths of all letters; 0 where that cannot be told. */
export function steadyRate(samples: readonly Sample[]): number {
  const total = samples.at(-1)?.sent ?? 0;
  const from = samples.find(({ sent }) => sent >= total * 0.1);
  const to = samples.find(({ sent }) => sent >= total * 0.9);
  if (from === undefined || to === undefined || to.at <= from.at) return 0;
  return ((to.sent - from.sent) * 1000) / (to.at - from.at);
}
