// Answers that are not worked out twice: the letters of one request, up to ten thousand, ask the same of the same text.

/** How many answers are kept: texts can be long, and the letters of a request come one after the other. */
const KEPT = 2;

/** The same function, pure and of one text, which remembers its last few answers. */
export function remembered<T>(answer: (text: string) => T): (text: string) => T {
  const known = new Map<string, { readonly answer: T }>();
  return (text) => {
    const found = known.get(text) ?? { answer: answer(text) };
    // The map keeps the order of insertion: the one asked for last goes to its end.
    known.delete(text);
    known.set(text, found);
    const [oldest] = known.keys();
    if (known.size > KEPT && oldest !== undefined) known.delete(oldest);
    return found.answer;
  };
}
