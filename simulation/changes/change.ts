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
  /** What finds it. */
  readonly foundBy: FoundBy;
}

/** What finds a change, or why nothing is to find it. */
export type FoundBy =
  /** The scenario of this name fails. */
  | { readonly scenario: string }
  /** It does nobody harm, for this reason. */
  | { readonly nothing: string };
