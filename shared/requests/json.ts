// JSON values of any shape: small helpers to look at them.

/** A JSON object with fields not yet looked at. */
export type JsonObject = { readonly [name: string]: unknown };

/** Whether a value is a JSON object (neither null nor a list). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field's value, when the value is an object and the field its own. */
export function field(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The items, when the value is a list. */
export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text, when the value is one. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** What .NET calls white space only, or nothing at all: U+0085 is white space to it, U+FEFF is not. */
export function isBlank(value: string): boolean {
  return !/[^\s\u0085]|\uFEFF/.test(value);
}

/** Whether a text holds half a character: Altinn's reader refuses it. */
export function hasLoneSurrogate(value: string): boolean {
  return /\p{Cs}/u.test(value);
}
