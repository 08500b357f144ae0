// What docs/architecture.md promises of the sources, as functions of their texts: each gives the faults that it finds.
import { posix } from "node:path";

/** Sources by their paths from the root, as `shared/records/facts.ts`, and their texts. */
export type Tree = ReadonlyMap<string, string>;

/** Rows of places from top to bottom: folders, as `shared/records/`, or single files. A row's places stand side by side. */
export type Layout = readonly (readonly string[])[];

/** One file's import of another, type-only and dynamic ones as well. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/** The most lines that a file of `shared/` may have. */
export const LONGEST = 300;

/**
 * Statements begin a line and quotes are double, which the linter sees to. What it can't see is an `import()` of something
 * that is not written there as a text: a bundle, say.
 */
const IMPORT = /^(?:import|export)\s(?:[^;"'`]*?\sfrom\s)?\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;

/** What a source imports or exports on, as it is written there. */
export function importsOf(text: string): string[] {
  return [...text.matchAll(IMPORT)].map(([, statement, call]) => statement ?? call ?? "");
}

/** The imports of one file of ours by another. */
export function importsAmong(tree: Tree): Import[] {
  return [...tree].flatMap(([from, text]) =>
    importsOf(text)
      .filter((name) => name.startsWith("."))
      .map((name) => ({ from, to: posix.join(posix.dirname(from), name) })),
  );
}

/** The table of places: each row's, in the order of the page. */
export function readLayout(page: string): Layout {
  const lines = page.split("\n");
  const start = lines.findIndex((line) => line.startsWith("| place |"));
  if (start < 0) return [];
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end < 0 ? undefined : end).map((row) => pathsIn(row.split("|")[1] ?? ""));
}

/** The files and folders that a page names, as paths from the root. */
export function pathsIn(page: string): string[] {
  return [...page.matchAll(/`([\w.-]+(?:\/[\w.-]+)*(?:\/|\.(?:ts|md|json|bicep)))`/g)].map(([, path = ""]) => path);
}

/** Imports that do not go down, and files that stand nowhere in the layout. */
export function faultsOfOrder(layout: Layout, imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, to }) => {
    const upper = placeOf(layout, from);
    const lower = placeOf(layout, to);
    if (upper === undefined) return [homeless(from)];
    if (lower === undefined) return [`${from} imports a file that is nowhere: ${homeless(to)}`];
    if (upper.place === lower.place || upper.row < lower.row) return [];
    const where = upper.row === lower.row ? "beside" : "above";
    return [
      `${from} imports ${to}, which stands ${where} it: in the table of docs/architecture.md ${lower.place} is ` +
        `${where} ${upper.place}, and imports go down only. Put what both need into a place below both, or have ` +
        `${upper.place} ask for it as a parameter that a place above hands in.`,
    ];
  });
}

/** Ways that lead back to their beginning: at least one for each knot of files. */
export function circles(imports: readonly Import[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const found: string[] = [];
  const follow = (file: string, path: readonly string[]): void => {
    const since = path.indexOf(file);
    if (since >= 0) {
      const way = [...path.slice(since), file].join(" -> ");
      found.push(
        `${way} goes round: no file of it can be read alone. Move what is asked for from both sides to the one that ` +
          "decides it, or to a file below both.",
      );
    }
    if (since >= 0 || done.has(file)) return;
    for (const to of next.get(file) ?? []) follow(to, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) follow(file, []);
  return found;
}

/** Rooms of `shared/` that the layout lacks, or that have no first file. The paths are those of all files, not sources only. */
export function faultsOfRooms(layout: Layout, paths: readonly string[]): string[] {
  const all = new Set(paths);
  const rooms = new Set(paths.flatMap((path) => /^shared\/[^/]+\//.exec(path)?.[0] ?? []));
  const places = new Set(layout.flat());
  return [...rooms].flatMap((room) => [
    ...(places.has(room) ? [] : [homeless(room)]),
    ...(all.has(`${room}README.md`)
      ? []
      : [`${room} has no README.md: say there what the room is for, where to begin, and what it may know.`]),
  ]);
}

/** Files of `shared/` that are too long to be read at once. */
export function tooLong(tree: Tree): string[] {
  return [...tree].flatMap(([path, text]) => {
    const lines = text.trimEnd().split("\n").length;
    if (!path.startsWith("shared/") || lines <= LONGEST) return [];
    return [`${path} has ${lines} lines, and may have ${LONGEST}: let a part of it with a name of its own be a file.`];
  });
}

/** Sources of `shared/` that know the platform. */
export function faultsOfPlatform(tree: Tree): string[] {
  return [...tree].flatMap(([path, text]) =>
    path.startsWith("shared/") && importsOf(text).some((name) => /^@azure\/functions(?:$|[/-])/.test(name))
      ? [`${path} imports @azure/functions, which functions/ alone knows: take what it needs as a parameter.`]
      : [],
  );
}

/**
 * Tests that mirror nothing: a folder of `test/` bears the name of a room of `shared/`, of a folder of the project, or of a
 * kind of tests that the page names.
 */
export function faultsOfTests(page: string, paths: readonly string[]): string[] {
  const kinds = new Set(pathsIn(page));
  const folders = new Set(paths.flatMap((path) => /^test\/[^/]+\//.exec(path)?.[0] ?? []));
  return [...folders].flatMap((folder) => {
    const name = folder.slice("test/".length);
    if (kinds.has(folder) || paths.some((path) => path.startsWith(name) || path.startsWith(`shared/${name}`)))
      return [];
    return [`${folder} tests nothing of that name: give it the name of the room that it tests.`];
  });
}

function homeless(path: string): string {
  return `${path} stands nowhere in the table of docs/architecture.md: give it a row there, or put it where it belongs.`;
}

/** The innermost place that a file stands in. */
function placeOf(layout: Layout, path: string): { readonly place: string; readonly row: number } | undefined {
  return layout
    .flatMap((places, row) => places.map((place) => ({ place, row })))
    .filter(({ place }) => (place.endsWith("/") ? path.startsWith(place) : path === place))
    .sort((a, b) => b.place.length - a.place.length)[0];
}
