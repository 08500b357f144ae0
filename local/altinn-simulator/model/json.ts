// Reads a JSON body by the server's model: names in any case, the first thing that does not fit ends the reading.

import type { FieldErrors } from "../answer.ts";
import type { Field, Shape } from "./shape.ts";
import { fitsInteger, isUuid, parseEnum, parseTime } from "./values.ts";

/** A body that was read, with the model's own field names; or what the server says about it. */
export type Reading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fields: FieldErrors };

/**
 * Reads a body. `parameter` is what the server calls the body itself; it is named beside the path that failed.
 * Fields left out stay left out; enums come out as numbers, times as milliseconds.
 */
export function readJson(body: string, shape: Shape, parameter: string): Reading {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return failed(body.trim() === "" ? "" : "$", "The body is not valid JSON.", parameter);
  }
  if (parsed === null) return failed("", "A non-empty request body is required.", parameter);
  try {
    return { ok: true, value: readValue(parsed, shape, "$") };
  } catch (error) {
    if (error instanceof Misfit) return failed(error.path, error.message, parameter);
    throw error;
  }
}

function failed(path: string, message: string, parameter: string): Reading {
  return { ok: false, fields: { [parameter]: [`The ${parameter} field is required.`], [path]: [message] } };
}

/** Where a body stopped fitting the model. */
class Misfit extends Error {
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

function misfit(path: string, type: string): Misfit {
  return new Misfit(path, `The JSON value could not be converted to ${type}. Path: ${path}.`);
}

function readValue(value: unknown, shape: Shape, path: string): unknown {
  switch (shape.kind) {
    case "string":
      return readString(value, path);
    case "boolean":
      if (typeof value !== "boolean") throw misfit(path, "System.Boolean");
      return value;
    case "integer":
      return readInteger(value, path);
    case "uuid":
      if (typeof value !== "string" || !isUuid(value)) throw misfit(path, "System.Guid");
      return value.toLowerCase();
    case "time":
      return readTime(value, path);
    case "enum":
      return readEnum(value, shape.names, path);
    case "list":
      if (!Array.isArray(value)) throw misfit(path, "System.Collections.Generic.List");
      return value.map((item: unknown, index) => readItem(item, shape.item, `${path}[${index}]`));
    case "dictionary":
      return readDictionary(value, path);
    case "object":
      return readObject(value, shape, path);
  }
}

/** Items of lists may be null where the type can be. */
function readItem(value: unknown, shape: Shape, path: string): unknown {
  const canBeNull = shape.kind === "string" || shape.kind === "object";
  return value === null && canBeNull ? null : readValue(value, shape, path);
}

function readString(value: unknown, path: string): string {
  // A lone surrogate can't be read as UTF-8.
  if (typeof value !== "string" || /\p{Cs}/u.test(value)) throw misfit(path, "System.String");
  return value;
}

function readInteger(value: unknown, path: string): number {
  const number = typeof value === "string" && /^[+-]?\d{1,10}$/u.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number) || !fitsInteger(number)) {
    throw misfit(path, "System.Nullable`1[System.Int32]");
  }
  return number;
}

function readTime(value: unknown, path: string): number {
  const time = typeof value === "string" ? parseTime(value) : undefined;
  if (time === undefined) throw misfit(path, "System.DateTimeOffset");
  return time;
}

function readEnum(value: unknown, names: readonly string[], path: string): number {
  const number = typeof value === "string" ? parseEnum(value, names) : value;
  if (typeof number !== "number" || !Number.isInteger(number) || !fitsInteger(number)) throw misfit(path, "an enum");
  return number;
}

function readDictionary(value: unknown, path: string): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw misfit(path, "a dictionary");
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [
      key,
      item === null ? null : readString(item, /[.'[\]]/u.test(key) ? `${path}['${key}']` : `${path}.${key}`),
    ]),
  );
}

/** The server's reader counts objects and lists within each other, the body's own first. */
const mostLevels = 32;

/** True when a value has more than so many levels of objects and lists. */
function nests(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => nests(item, levels - 1));
}

type ObjectShape = Extract<Shape, { kind: "object" }>;

function readObject(value: unknown, { model, fields }: ObjectShape, path: string): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw misfit(path, "an object");
  const read = new Map<string, unknown>();
  for (const [name, item] of Object.entries(value)) {
    const field = fields.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (field === undefined) {
      const levels = path.split(/[.[]/u).length;
      if (nests(item, mostLevels - levels)) throw misfit(`${path}.${name}`, "what it is: it is nested too deep");
      continue;
    }
    read.set(field.name, readField(item, field, `${path}.${name}`));
  }
  const missing = fields.filter((field) => field.required === true && !read.has(field.name)).map((field) => field.name);
  if (missing.length > 0) {
    const names = missing.map((name) => `'${name}'`).join(", ");
    const type = `'Altinn.Correspondence.API.Models.${model}'`;
    throw new Misfit(
      path,
      `JSON deserialization for type ${type} was missing required properties including: ${names}.`,
    );
  }
  return Object.fromEntries(read);
}

const valueKinds = new Set<Shape["kind"]>(["boolean", "integer", "uuid", "enum"]);

function readField(value: unknown, field: Field, path: string): unknown {
  if (value === null && !(field.notNull === true && valueKinds.has(field.shape.kind))) return null;
  return readValue(value, field.shape, path);
}
