// Reads form fields (`correspondence.content.attachments[0].fileName`) by the server's model.

import type { FieldErrors } from "../answer.ts";
import type { Reading } from "./json.ts";
import { type Field, modelName, type Shape } from "./shape.ts";
import { fitsInteger, isWhiteSpace, looseUuid, parseEnum, parseTime } from "./values.ts";

/** One form field. */
export type FormField = readonly [name: string, value: string];

/** Reads a form. Blank texts count as null; names count in any case; several values that don't fit are all named. */
export function readForm(fields: readonly FormField[], shape: Shape): Reading {
  const problems: Record<string, string[]> = {};
  const value = readNode(treeOf(fields), shape, "", problems) ?? {};
  const found: FieldErrors = problems;
  return Object.keys(problems).length > 0 ? { ok: false, fields: found } : { ok: true, value };
}

/** Form fields as a tree: by lower-case name or index; `key` is the name as it was written. */
interface Node {
  readonly key: string;
  readonly values: string[];
  readonly children: Map<string, Node>;
}

function treeOf(fields: readonly FormField[]): Node {
  const root: Node = { key: "", values: [], children: new Map() };
  for (const [name, value] of fields) {
    let node = root;
    for (const segment of name.replaceAll(/\[([^\]]*)\]/gu, ".$1").split(".")) {
      if (segment === "") continue;
      const known = node.children.get(segment.toLowerCase());
      const next: Node = known ?? { key: segment, values: [], children: new Map() };
      node.children.set(segment.toLowerCase(), next);
      node = next;
    }
    node.values.push(value);
  }
  return root;
}

/** Undefined: nothing was given. */
function readNode(node: Node, shape: Shape, path: string, problems: Record<string, string[]>): unknown {
  switch (shape.kind) {
    case "list":
      return readList(node, shape.item, path, problems);
    case "dictionary":
      return readDictionary(node);
    case "object":
      return readObject(node, shape.fields, path, problems);
    default:
      return readText(node, shape, path, problems);
  }
}

function readText(node: Node, shape: Shape, path: string, problems: Record<string, string[]>): unknown {
  const text = node.values[0];
  if (text === undefined) return undefined;
  if (isWhiteSpace(text)) return null;
  const value = convert(text, shape);
  if (value === undefined) problems[path] = [`The value '${text}' is not valid.`];
  return value;
}

function convert(text: string, shape: Shape): unknown {
  switch (shape.kind) {
    case "boolean":
      return /^(?:true|false)$/iu.test(text.trim()) ? text.trim().toLowerCase() === "true" : undefined;
    case "integer":
      return /^[+-]?\d{1,10}$/u.test(text.trim()) && fitsInteger(Number(text)) ? Number(text) : undefined;
    case "uuid":
      return looseUuid(text);
    case "time":
      return parseTime(text) ?? looseTime(text);
    case "enum": {
      const number = parseEnum(text, shape.names);
      return number !== undefined && number >= 0 && number < shape.names.length ? number : undefined;
    }
    default:
      return text;
  }
}

/** Forms are read by a more lenient reader than JSON; what both JavaScript and the server understand is close enough. */
function looseTime(text: string): number | undefined {
  if (!/^(?:\d{4}-\d{2}-\d{2}|\d{1,2}\/\d{1,2}\/\d{4}|\d{1,2} [A-Z][a-z]{2} \d{4})/u.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function readList(node: Node, item: Shape, path: string, problems: Record<string, string[]>): unknown {
  if (node.children.size === 0) {
    if (node.values.length === 0) return undefined;
    return node.values.map((value) => (isWhiteSpace(value) ? null : convert(value, item)));
  }
  const items: unknown[] = [];
  for (let index = 0; ; index += 1) {
    const child = node.children.get(String(index));
    if (child === undefined) return items;
    items.push(readNode(child, item, `${path}[${index}]`, problems) ?? null);
  }
}

/** Thrown where the server itself throws while it reads a form: the answer is an unhandled 500. */
export class UnreadableForm extends Error {}

/** `list[0].Key` with `list[0].Value`, or `list.key`. A pair without a key makes the server throw. */
function readDictionary(node: Node): unknown {
  const pairs = [...node.children.values()].map((child): [string, string | null] => {
    const key = child.children.get("key")?.values[0];
    if (key !== undefined && isWhiteSpace(key)) throw new UnreadableForm();
    const value = key === undefined ? child.values[0] : child.children.get("value")?.values[0];
    return [key ?? child.key, value === undefined || isWhiteSpace(value) ? null : value];
  });
  return Object.fromEntries(pairs);
}

const valueKinds = new Set<Shape["kind"]>(["boolean", "integer", "uuid", "enum"]);

function readObject(node: Node, fields: readonly Field[], path: string, problems: Record<string, string[]>): unknown {
  const read: [string, unknown][] = [];
  for (const field of fields) {
    const child = node.children.get(field.name.toLowerCase());
    if (child === undefined) continue;
    const childPath = path === "" ? modelName(field.name) : `${path}.${modelName(field.name)}`;
    const value = readNode(child, field.shape, childPath, problems);
    if (value === null && field.notNull === true && valueKinds.has(field.shape.kind)) {
      problems[childPath] = ["The value '' is invalid."];
    }
    if (value !== undefined) read.push([field.name, value]);
  }
  return read.length === 0 ? undefined : Object.fromEntries(read);
}
