// What everything that reads a document needs to know of it.
import type { Losses } from "./losses.ts";
import type { StyleOf } from "./styles.ts";

/** A document as it is read: the style of each element, and what of it can't be said. */
export interface Reading {
  readonly styleOf: StyleOf;
  readonly losses: Losses;
}
