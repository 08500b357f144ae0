// What a change of the deciding code is.

/** A change in one file. */
export interface Change {
  /** Names it among the others. */
  readonly name: string;
  /** The file, in `shared/`. */
  readonly file: string;
  /** What is replaced, and by what; each text stands in the file exactly once. */
  readonly edits: readonly (readonly [text: string, by: string])[];
  /** What it makes wrong. */
  readonly fault: string;
  /** Why it does nobody harm after all, or why this world cannot show it; then it need not be found. */
  readonly harmless?: string;
}
