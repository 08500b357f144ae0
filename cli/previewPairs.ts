// How good the model of what the inbox is given is: counted on bodies of which it is known.
import { z } from "zod";
import { shown } from "../shared/requests/shown/shown.ts";

const pairsSchema = z.array(z.object({ body: z.string(), shown: z.string() }));

/** A body, and what Altinn gave for it. */
export type Pair = z.infer<typeof pairsSchema>[number];

/** What came of the pairs of a file. */
export interface Counted {
  readonly pairs: number;
  readonly right: number;
  /** Right of all, 0..1. */
  readonly share: number;
  /** Those that the model gets wrong. */
  readonly wrong: readonly Pair[];
}

/** Counts how many come out as given, white space aside. Undefined: the text is no list of pairs. */
export function countPairs(text: string): Counted | undefined {
  const read = pairsSchema.safeParse(parsed(text));
  if (!read.success || read.data.length === 0) return undefined;
  const wrong = read.data.filter((pair) => squeezed(shown(pair.body)) !== squeezed(pair.shown));
  const right = read.data.length - wrong.length;
  return { pairs: read.data.length, right, share: right / read.data.length, wrong };
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, "");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
