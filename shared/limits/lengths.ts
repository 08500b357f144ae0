// Limits on the length of texts and lists, for schemas of what comes from outside.
import { z } from "zod";

// zod's own `min` and `max` also measure an object that stands where a text is expected, if it has a field `length`, and
// throw where that field cannot be compared with a number: {"length":{"toString":1}}.
const isMeasurable = ({ value }: z.core.ParsePayload) => typeof value === "string" || Array.isArray(value);

/** Characters of a text, or items of a list: at most so many. For `check`, in place of `max`. */
export function atMost(maximum: number) {
  return new z.core.$ZodCheckMaxLength({ check: "max_length", maximum, when: isMeasurable });
}

/** Characters of a text, or items of a list: at least so many. For `check`, in place of `min`. */
export function atLeast(minimum: number) {
  return new z.core.$ZodCheckMinLength({ check: "min_length", minimum, when: isMeasurable });
}
