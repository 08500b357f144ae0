// Limits on the length of texts and lists, for schemas of what comes from outside.
import { $ZodCheckMaxLength, $ZodCheckMinLength, type ParsePayload } from "zod/v4/core";

// zod's own `min` and `max` also measure an object that stands where a text is expected, if it has a field `length`, and
// throw where that field cannot be compared with a number: {"length":{"toString":1}}.
const isMeasurable = ({ value }: ParsePayload) => typeof value === "string" || Array.isArray(value);

/** Characters of a text, or items of a list: at most so many. For `check`, in place of `max`. */
export function atMost(maximum: number): $ZodCheckMaxLength {
  return new $ZodCheckMaxLength({ check: "max_length", maximum, when: isMeasurable });
}

/** Characters of a text, or items of a list: at least so many. For `check`, in place of `min`. */
export function atLeast(minimum: number): $ZodCheckMinLength {
  return new $ZodCheckMinLength({ check: "min_length", minimum, when: isMeasurable });
}
