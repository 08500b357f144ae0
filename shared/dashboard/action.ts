// What can be done from the dashboard, as the page asks for it.
import * as z from "zod";

const deadLetter = z.string().regex(/^[0-9a-f-]{1,200}\.json$/);
const correspondenceId = z.guid();
/** Whose letters alone it is about; those of all, where nobody is named. */
const sender = z.string().max(32).optional();

/** What somebody asks for. */
export const actionSchema = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("replay"), deadLetter }),
  z.strictObject({ action: z.literal("drop"), deadLetter }),
  z.strictObject({ action: z.literal("cancelRequest"), requestId: z.string().min(1).max(1_024) }),
  z.strictObject({ action: z.literal("cancelLetter"), correspondenceId }),
  z.strictObject({ action: z.literal("check"), correspondenceId }),
  z.strictObject({ action: z.literal("readReceived"), correspondenceId }),
  z.strictObject({ action: z.literal("confirmReceived"), correspondenceId }),
  z.strictObject({ action: z.literal("purgeReceived"), correspondenceId }),
  z.strictObject({ action: z.literal("brakeOn"), sender }),
  z.strictObject({ action: z.literal("brakeOff"), sender }),
]);

/** What somebody asks for. */
export type Action = z.infer<typeof actionSchema>;

/** What became of it: it is on its way, or why it is not. */
export type ActionOutcome =
  | { readonly kind: "done" }
  /** There is no such thing any more. */
  | { readonly kind: "gone" }
  /** For people. */
  | { readonly kind: "refused"; readonly why: string };
