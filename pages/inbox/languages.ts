// The texts of the inbox, by language.
import type { Language } from "../common/texts.ts";
import { en } from "./en.ts";
import { nb } from "./nb.ts";
import { nn } from "./nn.ts";
import type { Words } from "./words.ts";

/** The texts of each language. */
export const WORDS: Readonly<Record<Language, Words>> = { nb, nn, en };
