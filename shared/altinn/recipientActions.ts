// What a recipient can do with a letter, and why a file of one cannot be had.

/** What can be done with a letter that was received. */
export const RECIPIENT_ACTIONS = ["read", "confirm", "purge"] as const;

/** Marked as read, confirmed, or purged. */
export type RecipientAction = (typeof RECIPIENT_ACTIONS)[number];

/** What a letter is once that is done. */
export const DONE = { read: "read", confirm: "confirmed", purge: "purged" } as const;

/** Why a file of a letter cannot be had: Altinn has it no longer, or not for us. */
export const UNAVAILABLE = ["expired", "purged", "unknown", "refused"] as const;

/** Why a file cannot be had. */
export type Unavailable = (typeof UNAVAILABLE)[number];
