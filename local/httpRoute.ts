// Route templates as ASP.NET reads them, on which Azure's host and Altinn run: `letters/{id:guid}`, `{name?}`, `{*path}`.

/** A route that paths can be matched with. */
export interface HttpRoute {
  /**
   * The parameters of a path that matches (decoded; optional ones that are absent are left out), or undefined. The path
   * is as in the URL: encoded, without query, beginning with a slash.
   */
  match(path: string): Record<string, string> | undefined;
}

type Constraint = (value: string) => boolean;

interface Parameter {
  readonly name: string;
  readonly catchAll: boolean;
  readonly optional: boolean;
  readonly defaultValue: string | undefined;
  readonly constraints: readonly Constraint[];
}

interface Segment {
  readonly pattern: RegExp;
  readonly parameters: readonly Parameter[];
}

const INTEGER = /^[+-]?\d{1,19}$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const GUID = /^(\{[0-9a-f-]{36}\}|[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32})$/i;

/** Constraints without arguments. */
const PLAIN_CONSTRAINTS: Readonly<Record<string, Constraint>> = {
  int: (value) => INTEGER.test(value) && Number(value) >= -(2 ** 31) && Number(value) < 2 ** 31,
  long: (value) => INTEGER.test(value) && BigInt.asIntN(64, BigInt(value)) === BigInt(value),
  bool: (value) => /^(true|false)$/i.test(value),
  alpha: (value) => /^[a-z]*$/i.test(value),
  guid: (value) => GUID.test(value),
  decimal: (value) => NUMBER.test(value),
  double: (value) => NUMBER.test(value),
  float: (value) => NUMBER.test(value),
  datetime: (value) => !Number.isNaN(Date.parse(value)),
  required: (value) => value !== "",
};

/** Constraints with one or two numbers. */
const NUMBER_CONSTRAINTS: Readonly<Record<string, (value: string, a: number, b: number | undefined) => boolean>> = {
  min: (value, a) => INTEGER.test(value) && Number(value) >= a,
  max: (value, a) => INTEGER.test(value) && Number(value) <= a,
  range: (value, a, b = a) => INTEGER.test(value) && Number(value) >= a && Number(value) <= b,
  minlength: (value, a) => value.length >= a,
  maxlength: (value, a) => value.length <= a,
  length: (value, a, b = a) => value.length >= a && value.length <= b,
};

/** Reads a route template; `prefix` is host.json's routePrefix ("" for none). Throws an Error for one it can't read. */
export function parseHttpRoute(template: string, prefix: string): HttpRoute {
  const parts = [prefix, template].flatMap((text) => splitSegments(text));
  const segments = parts.map((part) => parseSegment(part, template));
  return { match: (path) => matchSegments(segments, path) };
}

/** A parameter with its braces. Those of a regex constraint are doubled, so braces nest three deep. */
const BRACED = String.raw`\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}`;
const SEGMENTS = new RegExp(`(?:${BRACED}|[^/{}])+`, "g");
const PIECES = new RegExp(`(${BRACED})`);

/** Splits at slashes outside braces: a regex constraint may contain them. */
function splitSegments(text: string): string[] {
  const segments = text.match(SEGMENTS) ?? [];
  if (segments.join("/") !== text.replace(/^\/+|\/+$/g, "")) throw new Error(`"${text}" is not a route template.`);
  return segments;
}

function parseSegment(text: string, template: string): Segment {
  const parameters: Parameter[] = [];
  const pattern = text
    .split(PIECES)
    .filter((piece) => piece !== "")
    .map((piece) => {
      if (!piece.startsWith("{")) return escapeLiteral(piece);
      const parameter = parseParameter(piece.slice(1, -1), template);
      parameters.push(parameter);
      return parameter.catchAll ? "(.*)" : "(.+?)";
    });
  return { pattern: new RegExp(`^${pattern.join("")}$`, "is"), parameters };
}

function escapeLiteral(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** The inside of `{...}`: `*name:constraint:constraint(1,2)=default?`. */
function parseParameter(text: string, template: string): Parameter {
  const match = /^(\*{0,2})([A-Za-z_][\w-]*)((?::[A-Za-z]+(?:\((?:[^()]|\([^()]*\))*\))?)*)(?:=([^?]*))?(\?)?$/.exec(
    text,
  );
  if (match === null) throw new Error(`"{${text}}" in the route "${template}" is not a route parameter.`);
  const [, stars = "", name = "", constraints = "", defaultValue, optional] = match;
  const each = constraints.match(/:[A-Za-z]+(?:\((?:[^()]|\([^()]*\))*\))?/g) ?? [];
  return {
    name,
    catchAll: stars !== "",
    optional: optional !== undefined || stars !== "",
    defaultValue,
    constraints: each.map((constraint) => parseConstraint(constraint.slice(1), template)),
  };
}

function parseConstraint(text: string, template: string): Constraint {
  const [, name = "", argument] = /^([A-Za-z]+)(?:\((.*)\))?$/s.exec(text) ?? [];
  const plain = PLAIN_CONSTRAINTS[name];
  if (plain !== undefined && argument === undefined) return plain;
  if (name === "regex" && argument !== undefined) {
    const pattern = new RegExp(argument.replace(/\{\{/g, "{").replace(/\}\}/g, "}"), "i");
    return (value) => pattern.test(value);
  }
  const withNumbers = NUMBER_CONSTRAINTS[name];
  const [a, b, ...more] = (argument ?? "").split(",").map(Number);
  if (withNumbers === undefined || argument === undefined || a === undefined || Number.isNaN(a) || more.length > 0) {
    throw new Error(`"${text}" in the route "${template}" is not a constraint that the host knows.`);
  }
  return (value) => withNumbers(value, a, b);
}

function matchSegments(segments: readonly Segment[], path: string): Record<string, string> | undefined {
  const given = path.replace(/^\/|\/$/g, "");
  const values = given === "" ? [] : given.split("/");
  const parameters = new Map<string, string>();
  for (const [index, segment] of segments.entries()) {
    const [only] = segment.parameters;
    const catchAll = only?.catchAll === true;
    const text = catchAll ? values.slice(index).join("/") : values[index];
    if (text === undefined || text === "") {
      if (only === undefined || !takeAbsent(only, parameters)) return undefined;
      continue;
    }
    if (!takeSegment(segment, text, parameters)) return undefined;
    if (catchAll) return Object.fromEntries(parameters);
  }
  return values.length > segments.length ? undefined : Object.fromEntries(parameters);
}

/** A parameter whose segment the path does not have: taken when it has a default or is optional. */
function takeAbsent(parameter: Parameter, into: Map<string, string>): boolean {
  if (parameter.defaultValue !== undefined) into.set(parameter.name, parameter.defaultValue);
  return parameter.optional || parameter.defaultValue !== undefined;
}

function takeSegment(segment: Segment, text: string, into: Map<string, string>): boolean {
  const decoded = decode(text);
  const match = decoded === undefined ? null : segment.pattern.exec(decoded);
  if (match === null) return false;
  for (const [index, parameter] of segment.parameters.entries()) {
    const value = match[index + 1] ?? "";
    if (!parameter.constraints.every((holds) => holds(value))) return false;
    into.set(parameter.name, value);
  }
  return true;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
