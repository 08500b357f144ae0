// What a letter costs: calls to Altinn, writes to storage and reads from it, as the proxies saw them.

export interface Work {
  readonly altinnCalls: number;
  readonly storageWrites: number;
  readonly storageReads: number;
}

/** Counts calls by their names. What the host itself does with queues is not among them: it does not use the proxies. */
export function workOf(calls: readonly string[]): Work {
  const storage = calls.filter((name) => !name.startsWith("altinn "));
  const reads = storage.filter((name) => /^\w+ (GET|HEAD) /.test(name));
  return {
    altinnCalls: calls.filter((name) => name.startsWith("altinn ")).length,
    storageWrites: storage.length - reads.length,
    storageReads: reads.length,
  };
}
