// Reads the Bicep files as far as the tests need: what they declare, what they use, and values that are written out.
// It is a parser and no compiler: types, and what Azure says, it does not know.
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Language, type Node, Parser } from "web-tree-sitter";

/** What a value is where it is not written out: an expression, as it stands in the file. */
export class Expression {
  readonly code: string;
  constructor(code: string) {
    this.code = code;
  }
}

export type Value = string | number | boolean | null | Expression | readonly Value[] | ObjectValue;
export interface ObjectValue {
  readonly [name: string]: Value;
}

export interface Parameter {
  readonly name: string;
  /** As it is written: `string`, `bool`, the name of a type, or what may be chosen from. */
  readonly type: string;
  readonly hasDefault: boolean;
  readonly isSecure: boolean;
}

export interface Resource {
  readonly symbol: string;
  /** With its parent's, where it stands within it, and without the version: `Microsoft.Storage/storageAccounts/queueServices`. */
  readonly type: string;
  readonly isExisting: boolean;
  /** Of one, or of each where there are several. Resources within it are not part of it. */
  readonly body: ObjectValue;
}

export interface Module {
  readonly symbol: string;
  /** Relative to the file. */
  readonly path: string;
  readonly params: readonly string[];
}

export interface BicepFile {
  /** Line and text of everything that does not parse. */
  readonly errors: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly variables: ReadonlyMap<string, Value>;
  /** Of types that are objects: the names of their properties. */
  readonly types: ReadonlyMap<string, readonly string[]>;
  readonly imports: readonly string[];
  readonly resources: readonly Resource[];
  readonly modules: readonly Module[];
  readonly outputs: readonly string[];
  /** Outputs of modules that are used, as `module.output`. */
  readonly usedOutputs: readonly string[];
  /** Every name that stands somewhere, other than where it is declared. */
  readonly used: ReadonlySet<string>;
}

const INFRA = new URL("../../infra/", import.meta.url);

/** All Bicep files, by their path within infra/. */
export async function readInfra(): Promise<ReadonlyMap<string, BicepFile>> {
  const parse = await createReader();
  const paths = (await readdir(INFRA, { recursive: true })).filter((path) => path.endsWith(".bicep")).sort();
  const files = new Map<string, BicepFile>();
  for (const path of paths) {
    files.set(path.replaceAll("\\", "/"), parse(await readFile(new URL(path.replaceAll("\\", "/"), INFRA), "utf8")));
  }
  return files;
}

/** Makes a reader of Bicep's text. */
export async function createReader(): Promise<(text: string) => BicepFile> {
  await Parser.init();
  const grammar = await readFile(fileURLToPath(import.meta.resolve("tree-sitter-bicep/tree-sitter-bicep.wasm")));
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return (text) => {
    const tree = parser.parse(text);
    if (tree === null) throw new Error("The parser gave up");
    try {
      return describe(tree.rootNode);
    } finally {
      tree.delete();
    }
  };
}

function describe(root: Node): BicepFile {
  const modules = root.descendantsOfType("module_declaration").map(moduleOf);
  const names = new Set(modules.map(({ symbol }) => symbol));
  return {
    errors: errorsOf(root),
    parameters: root.descendantsOfType("parameter_declaration").map(parameterOf),
    variables: new Map(
      root.descendantsOfType("variable_declaration").map((node) => [symbolOf(node), readValue(node.lastNamedChild)]),
    ),
    types: new Map(
      root
        .descendantsOfType("type_declaration")
        // Where a type is open for more (`*: string?`), that has no name.
        .map((node) => [
          symbolOf(node),
          Object.keys(objectOf(node.lastNamedChild)).filter((name) => /^\w+$/.test(name)),
        ]),
    ),
    imports: root
      .descendantsOfType("import_functionality")
      .flatMap((node) => node.namedChildren.filter(({ type }) => type === "identifier").map(({ text }) => text)),
    resources: root.descendantsOfType("resource_declaration").map(resourceOf),
    modules,
    outputs: root.descendantsOfType("output_declaration").map(symbolOf),
    usedOutputs: root
      .descendantsOfType("member_expression")
      .map(({ text }) => /^(\w+)\.outputs\.(\w+)$/.exec(text))
      .flatMap((match) => (match?.[1] !== undefined && names.has(match[1]) ? [`${match[1]}.${match[2]}`] : [])),
    used: new Set(
      root
        .descendantsOfType("identifier")
        .filter((node) => !isDeclaration(node))
        .map(({ text }) => text),
    ),
  };
}

function errorsOf(node: Node): string[] {
  if (node.isError || node.isMissing) return [`${node.startPosition.row + 1}: ${node.text.slice(0, 80)}`];
  return node.hasError ? node.children.flatMap(errorsOf) : [];
}

/** The first name in a declaration is the one that it gives; the name of a property is none. */
function isDeclaration(node: Node): boolean {
  const { parent } = node;
  if (parent === null) return false;
  const first = parent.namedChildren.find(({ type }) => type === "identifier");
  const isFirst = first?.equals(node) ?? false;
  if (parent.type === "object_property") return isFirst && parent.firstNamedChild?.equals(node) === true;
  return (parent.type.endsWith("_declaration") && isFirst) || parent.type === "import_functionality";
}

function symbolOf(node: Node): string {
  return node.namedChildren.find(({ type }) => type === "identifier")?.text ?? "";
}

function parameterOf(node: Node): Parameter {
  const before = node.previousNamedSibling;
  const decorators = before?.type === "decorators" ? before.text : "";
  const [, , type] = /^param\s+(\w+)\s+(.*?)(?:\s=\s|$)/s.exec(node.text) ?? [];
  return {
    name: symbolOf(node),
    type: type ?? "",
    hasDefault: node.children.some(({ type }) => type === "="),
    isSecure: /^@secure\(\)/m.test(decorators),
  };
}

function moduleOf(node: Node): Module {
  const { params } = objectOf(bodyOf(node));
  return { symbol: symbolOf(node), path: stringIn(node), params: isObject(params) ? Object.keys(params) : [] };
}

function resourceOf(node: Node): Resource {
  let type = stringIn(node).replace(/@.*$/, "");
  for (let outer = node.parent; outer !== null; outer = outer.parent) {
    if (outer.type === "resource_declaration") type = `${stringIn(outer).replace(/@.*$/, "")}/${type}`;
  }
  const isExisting = node.children.some((child) => child.text === "existing");
  return { symbol: symbolOf(node), type, isExisting, body: objectOf(bodyOf(node)) };
}

function stringIn(node: Node): string {
  const value = readValue(node.namedChildren.find(({ type }) => type === "string") ?? null);
  return typeof value === "string" ? value : "";
}

/** What stands after the equals sign, taken out of loops and conditions. */
function bodyOf(node: Node): Node | null {
  const [body] = node.namedChildren
    .flatMap((child) => (child.type === "object" ? [child] : child.descendantsOfType("object")))
    .filter((child) => !hasBetween(child, node));
  return body ?? null;
}

/** Whether a declaration of another, or a value, lies between a node and the declaration that it is to belong to. */
function hasBetween(node: Node, declaration: Node): boolean {
  for (let outer = node.parent; outer !== null && !outer.equals(declaration); outer = outer.parent) {
    if (outer.type === "object" || outer.type === "call_expression") return true;
  }
  return false;
}

function readValue(node: Node | null): Value {
  switch (node?.type) {
    case undefined:
    case "null":
      return null;
    case "string": {
      const parts = node?.namedChildren ?? [];
      if (parts.some(({ type }) => type === "interpolation")) return new Expression(node?.text ?? "");
      return parts.map(({ type, text }) => (type === "escape_sequence" ? escaped(text) : text)).join("");
    }
    case "number":
      return Number(node?.text);
    case "boolean":
      return node?.text === "true";
    case "array":
      return (node?.namedChildren ?? []).filter(({ type }) => type !== "comment").map(readValue);
    case "object":
      return objectOf(node ?? null);
    default:
      return new Expression(node?.text ?? "");
  }
}

function objectOf(node: Node | null): ObjectValue {
  const properties = (node?.namedChildren ?? []).filter(({ type }) => type === "object_property");
  return Object.fromEntries(
    properties.flatMap(({ firstNamedChild: key, lastNamedChild: value }) => {
      if (key === null || value === null || key.type === "resource_declaration") return [];
      const name = key.type === "string" ? readValue(key) : key.text;
      return typeof name === "string" ? [[name, readValue(value)]] : [];
    }),
  );
}

function escaped(text: string): string {
  return { "\\n": "\n", "\\r": "\r", "\\t": "\t" }[text] ?? text.slice(1);
}

export function isObject(value: Value | undefined): value is ObjectValue {
  return typeof value === "object" && value !== null && !(value instanceof Expression) && !Array.isArray(value);
}

/** An array of objects, such as a table of grants. Throws where it is none. */
export function rows(value: Value | undefined): readonly ObjectValue[] {
  if (!Array.isArray(value) || !value.every(isObject)) throw new Error("It is no array of objects");
  return value;
}

/** An array of texts. Throws where it is none. */
export function texts(value: Value | undefined): readonly string[] {
  if (!Array.isArray(value) || !value.every((each) => typeof each === "string")) throw new Error("These are no texts");
  return value;
}

/** A text, or the code of an expression. */
export function textOf(value: Value | undefined): string {
  return value instanceof Expression ? value.code : String(value ?? "");
}
