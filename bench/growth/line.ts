// One line of what the benchmark of growth finds.

/** What something costs at one size. */
export interface Growth {
  /** What is done. */
  readonly what: string;
  /** Of what there are `size`. */
  readonly of: string;
  readonly size: number;
  /** Storage operations and calls to Altinn: of one letter, or of the whole where `what` is about all. */
  readonly storageOperations: number;
  readonly altinnCalls: number;
  /** Milliseconds of a processor, likewise. */
  readonly processorMs?: number;
}
