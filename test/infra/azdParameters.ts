// What azd makes of infra/main.parameters.json and its environment: the values that a deployment gets. By azd's own rules
// (Azure/azure-dev 1.23.4, bicep_provider.go): a variable that is not set leaves its parameter out, so that main.bicep's
// default counts, and one that is empty does not; lists and objects are read as JSON, booleans and whole numbers from their text.
import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { Parameter } from "./bicep.ts";

const file = z.strictObject({
  $schema: z.literal("https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"),
  contentVersion: z.literal("1.0.0.0"),
  parameters: z.record(z.string(), z.strictObject({ value: z.string() })),
});

/** What stands in the file for each parameter: `${NAME}`, or `${NAME=default}`. */
export async function azdTemplates(): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(new URL("../../infra/main.parameters.json", import.meta.url), "utf8");
  const { parameters } = file.parse(JSON.parse(text));
  return Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value]));
}

/** The values that azd hands to Azure. Throws where azd would, or would ask. */
export function azdValues(
  templates: Readonly<Record<string, string>>,
  parameters: readonly Parameter[],
  environment: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, type, hasDefault } of parameters) {
    const { text, isUnset } = substitute(templates[name] ?? "", environment);
    if (text !== "" || !isUnset) values[name] = typed(type, text);
    else if (!hasDefault) throw new Error(`azd would ask for ${name}`);
  }
  return values;
}

/** A default may be another variable, holds no brace of its own, and counts for an empty value as well. */
function substitute(
  text: string,
  environment: Readonly<Record<string, string>>,
): { readonly text: string; readonly isUnset: boolean } {
  let isUnset = false;
  const replaced = text.replace(/\$\{(\w+)(?:=(\$\{\w+\}|[^{}]*))?\}/g, (_whole, name: string, otherwise = "") => {
    if (environment[name] === undefined) isUnset = true;
    return environment[name] || substitute(otherwise, environment).text;
  });
  return { text: replaced, isUnset };
}

const isText = (type: string) => type === "string" || type.includes("'");

function typed(type: string, text: string): unknown {
  if (isText(type)) {
    // The text is put into JSON as it is.
    if (/["\\\n]/.test(text))
      throw new Error("azd cannot read a text with quotation marks, backslashes or line breaks");
    return text;
  }
  const value: unknown = JSON.parse(text);
  if (type === "bool" || type === "int") {
    if (typeof value !== (type === "bool" ? "boolean" : "number")) throw new Error(`azd would ask for a ${type}`);
  } else if (Array.isArray(value) !== type.endsWith("[]")) throw new Error(`This is no ${type}`);
  return value;
}
