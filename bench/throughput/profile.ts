// Whose code a process runs: self time of a CPU profile, by package. Bundles are looked through by their source maps.
import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({
        functionName: z.string(),
        url: z.string(),
        lineNumber: z.number(),
        columnNumber: z.number(),
      }),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

/** Self time in milliseconds: by package, and by function of one. */
export interface SelfTimes {
  readonly packages: ReadonlyMap<string, number>;
  readonly functions: ReadonlyMap<string, number>;
}

/** Whose code a package is: this app's, that of a library which the app shares with the loop, or what runs it. */
export function ownerOf(of: string): string {
  if (/^(?:shared|functions|bench)/.test(of)) return "its own code";
  if (of === "zod") return "zod";
  if (of.startsWith("local/")) return "the local host";
  if (of === "Node") return "Node";
  if (of === "(garbage collector)") return "collecting garbage";
  return of.startsWith("(") ? "the rest" : "Azure's libraries";
}

/** Node's flags, as the environment takes them, for a process that writes a profile into the folder when it ends. */
export function profiling(folder: string): Record<string, string> {
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-interval=500 --cpu-prof-dir=${folder}` };
}

/** Reads the one profile in a folder. What was sampled in the first `skipMs` is left out. */
export async function readProfile(folder: string, skipMs: number): Promise<SelfTimes> {
  const [name] = (await readdir(folder)).filter((file) => file.endsWith(".cpuprofile"));
  if (name === undefined) throw new Error("The process wrote no profile");
  const { nodes, samples, timeDeltas } = profileSchema.parse(JSON.parse(await readFile(join(folder, name), "utf8")));
  const places = createPlaces();
  const placeOf = new Map(nodes.map(({ id, callFrame }) => [id, places(callFrame)]));
  const packages = new Map<string, number>();
  const functions = new Map<string, number>();
  let elapsed = 0;
  for (const [index, id] of samples.entries()) {
    const milliseconds = (timeDeltas[index] ?? 0) / 1000;
    elapsed += milliseconds;
    const place = placeOf.get(id);
    if (place === undefined || elapsed < skipMs || place.of === "(idle)") continue;
    packages.set(place.of, (packages.get(place.of) ?? 0) + milliseconds);
    functions.set(place.name, (functions.get(place.name) ?? 0) + milliseconds);
  }
  return { packages, functions };
}

interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

function createPlaces(): (frame: Frame) => { readonly of: string; readonly name: string } {
  const maps = new Map<string, SourceMap | undefined>();
  return ({ functionName, url, lineNumber, columnNumber }) => {
    if (url === "") {
      const of = functionName.startsWith("(") ? functionName : "Node";
      return { of, name: `${functionName} (${of})` };
    }
    // What is no file is Node's own: its modules, and its HTTP parser in WebAssembly.
    if (!url.startsWith("file:")) return { of: "Node", name: `${functionName} (${url})` };
    if (!maps.has(url)) maps.set(url, mapOf(url));
    const entry = maps.get(url)?.findEntry(lineNumber, columnNumber);
    const source = entry && "originalSource" in entry ? entry.originalSource : url;
    const of = packageOf(source);
    return { of, name: `${functionName} (${source.replace(/^.*node_modules\//, "").replace(/^.*\.\.\//, "")})` };
  };
}

function mapOf(url: string): SourceMap | undefined {
  const path = `${fileURLToPath(url)}.map`;
  return existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, "utf8"))) : undefined;
}

/** Source maps of some of Azure's packages lead on to sources that are not there, by paths within the package. */
const AZURE = "Azure's libraries, without saying which";

function packageOf(source: string): string {
  const [, scoped] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source) ?? [];
  if (scoped !== undefined) return scoped;
  const [, room] = /(?:^|\/)((?:shared|local)\/[^/]+|functions|bench)\//.exec(source) ?? [];
  if (room !== undefined) return room;
  return source.includes("/shared/") ? "shared" : AZURE;
}
