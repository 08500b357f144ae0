// UUIDs as .NET reads them where their form is free: in a form's fields, and in a reference's text.

/** A UUID with hyphens and nothing around it, in any case. */
export const guidForm = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Whether Altinn reads a text as a UUID: with hyphens, in braces or brackets or none, or without hyphens. */
export function isGuid(value: string): boolean {
  const trimmed = value.trim().toLowerCase();
  // The form of many numbers is left to Altinn.
  if (trimmed.includes("0x") || trimmed.includes("+")) return true;
  const inner = /^\{(.*)\}$/.exec(trimmed)?.[1] ?? /^\((.*)\)$/.exec(trimmed)?.[1] ?? trimmed;
  return guidForm.test(inner) || /^[0-9a-f]{32}$/.test(trimmed);
}
