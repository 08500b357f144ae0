// How deep a request may nest: Altinn's reader of JSON stops at 32 levels, in fields too that it does not know.
import { goesAsForm } from "./formRules.ts";
import { isObject } from "./json.ts";
import { type FieldNames, requestNames } from "./names.ts";
import type { Finding, Path } from "./problem.ts";

/** Objects and lists within each other, the body itself included (ASP.NET's own limit). */
const mostLevels = 32;

/** The fields that hold more levels than Altinn reads, each named once. A form's fields (`goesAsForm`) are flat. */
export function depthRule(request: unknown): Finding[] {
  if (goesAsForm(request)) return [];
  return tooDeep(request, 1, [], requestNames).map((path) => ({
    path,
    rule: "depth",
    message: `Is nested too deep: Altinn reads ${mostLevels} levels, from the request as a whole.`,
  }));
}

// `names` are those of the fields in a value; undefined within a field that is not known, whose name ends the path.
function tooDeep(value: unknown, level: number, path: Path, names: FieldNames | undefined): Path[] {
  if (!isObject(value) && !Array.isArray(value)) return [];
  if (level > mostLevels) return [path];
  if (names === undefined) return hasDeep(value, level) ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => tooDeep(item, level + 1, [...path, index], names));
  return Object.entries(value).flatMap(([name, item]) => {
    const known = Object.hasOwn(names, name) ? names[name] : undefined;
    return tooDeep(item, level + 1, [...path, name], known);
  });
}

function hasDeep(value: unknown, level: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return level > mostLevels || Object.values(value).some((item) => hasDeep(item, level + 1));
}
