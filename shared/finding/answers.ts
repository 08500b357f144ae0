// The answers of the endpoints, as the schemas that docs/openapi.json is made of.
import * as z from "zod";
import { letterSchema } from "./letter.ts";

const time = z.iso.datetime();

const asOf = time.describe("How fresh it is: storage was read from then on. In Azure the index itself lags by seconds");

/** Where the next page begins. */
const next = z.string().optional().describe("Ask with it for the next page; absent after the last");

const page = {
  asOf,
  letters: z
    .array(letterSchema)
    .describe("At most as many as were asked for; fewer, even none, may come although `next` says that more follow"),
  unreadable: z
    .number()
    .int()
    .describe("Records that were passed over: a newer version wrote them, or somebody's hand"),
  next,
};

/** One page of letters, in no order that means anything. */
export const letterPageSchema = z.object(page).describe("One page of letters, in no order that means anything");

/** One page of letters. */
export type LetterPage = z.infer<typeof letterPageSchema>;

/** One letter, and how fresh that is. */
export const shownLetterSchema = z.object({ asOf, letter: letterSchema });

/** One letter, and how fresh that is. */
export type ShownLetter = z.infer<typeof shownLetterSchema>;

const count = z.number().int();

/** How far a request has come, and its letters. */
export const requestAnswerSchema = z
  .object({
    requestId: z.string(),
    since: time.describe("When the app first saw it"),
    total: count.describe("How many letters it becomes"),
    sent: count,
    ended: z.object({ rejected: count, gaveUp: count, cancelled: count, outcomeUnknown: count }),
    waiting: count,
    uploads: z
      .object({ total: count, published: count })
      .optional()
      .describe("New files that are uploaded before the letters go, and how many of them Altinn has scanned"),
    ...page,
  })
  .describe("How far a request has come, as the index counts its letters, and a page of them");

/** How far a request has come, and its letters. */
export type RequestAnswer = z.infer<typeof requestAnswerSchema>;

/** Why there is no answer: problem details (RFC 9457). */
export const problemSchema = z
  .object({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().describe("What happened and what to do, for people"),
    errors: z
      .array(z.object({ parameter: z.string().optional(), detail: z.string() }))
      .optional()
      .describe("Every parameter that is wrong"),
  })
  .describe("Problem details (RFC 9457)");

/** Why there is no answer. */
export type ProblemAnswer = z.infer<typeof problemSchema>;
