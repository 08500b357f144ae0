// A cache for pure functions of a text: the letters of one request, up to ten thousand, all have the same text checked.
import { lastFew } from "../lastFew.ts";

/** The same function, pure and of one text, which remembers its last few answers. */
export function remembered<T>(answer: (text: string) => T): (text: string) => T {
  const known = lastFew<{ readonly answer: T }>();
  return (text) => known.keep(text, known.get(text) ?? { answer: answer(text) }).answer;
}
