// What every view needs of whoever reads: their words and formats, whether they may act, and where they go next.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { type Formats, formatsOf, type Language } from "../common/texts.ts";
import type { Place } from "./places.ts";
import { en } from "./texts/en.ts";
import { nb } from "./texts/nb.ts";
import { nn } from "./texts/nn.ts";
import type { Words } from "./texts/words.ts";

/** The words of each language. */
export const WORDS: Readonly<Record<Language, Words>> = { nb, nn, en };

/** Whoever reads. */
export interface Reader {
  readonly words: Words;
  readonly format: Formats;
  readonly mayAct: boolean;
  /** The sender whose letters are looked at; undefined: all are. */
  readonly sender: string | undefined;
  /** Light or dark has changed: what is drawn is drawn anew. */
  readonly scheme: string;
  go(place: Place): void;
  /** Something was done: say so, and read again what it may have changed. */
  done(said: string): void;
}

export const ReaderContext = createContext<Reader>({
  words: nb,
  format: formatsOf("nb"),
  mayAct: false,
  sender: undefined,
  scheme: "auto",
  go: () => undefined,
  done: () => undefined,
});

/** Whoever reads. */
export function useReader(): Reader {
  return useContext(ReaderContext);
}

/** The text of a word that the app chose, or the word itself where a newer app has more of them. */
export function textOf(texts: Readonly<Record<string, string>>, word: string): string {
  return texts[word] ?? word;
}
