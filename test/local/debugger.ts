// A debugger as an editor is one: it attaches to a process by the inspector protocol, and finds TypeScript by source maps.
import { readFile } from "node:fs/promises";
import { SourceMap, type SourceMapPayload } from "node:module";
import { relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** A place in a file of the project: its path from the root, and the line, counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** A debugger that is attached. */
export interface Debugger {
  /** Sets a breakpoint in the bundle where this line of the sources has become code. */
  breakAt(place: Place): Promise<void>;
  /** Where the process stands still, by its source map. Waits until it does. */
  paused(): Promise<Place>;
  resume(): Promise<void>;
  /** Leaves the process alone. */
  detach(): void;
}

const ROOT = resolve(import.meta.dirname, "../..");

const targetSchema = z.tuple([z.object({ webSocketDebuggerUrl: z.string() })]);
const messageSchema = z.object({
  id: z.number().optional(),
  method: z.string().optional(),
  error: z.object({ message: z.string() }).optional(),
  params: z.unknown().optional(),
});
const scriptSchema = z.object({ scriptId: z.string(), url: z.string(), sourceMapURL: z.string().default("") });
const locationSchema = z.object({ scriptId: z.string(), lineNumber: z.number(), columnNumber: z.number() });
/** Where code comes from; what the bundler has put in between comes from nowhere. */
const placeSchema = z.object({ originalSource: z.string(), originalLine: z.number() });
const pausedSchema = z.object({ callFrames: z.tuple([z.object({ location: locationSchema })], z.unknown()) });

/** Attaches to the process that listens at `host:port`. */
export async function attachDebugger(address: string): Promise<Debugger> {
  const [target] = targetSchema.parse(await (await fetch(`http://${address}/json/list`)).json());
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  const script = Promise.withResolvers<z.infer<typeof scriptSchema>>();
  let stop = Promise.withResolvers<z.infer<typeof locationSchema>>();
  const waiting = new Map<number, PromiseWithResolvers<void>>();
  socket.addEventListener("message", ({ data }) => {
    const { id, method, error, params } = messageSchema.parse(JSON.parse(String(data)));
    if (id !== undefined) {
      if (error === undefined) waiting.get(id)?.resolve();
      else waiting.get(id)?.reject(new Error(error.message));
    }
    if (method === "Debugger.scriptParsed") {
      const parsed = scriptSchema.parse(params);
      if (parsed.url.endsWith("/dist/main.js")) script.resolve(parsed);
    }
    if (method === "Debugger.paused") stop.resolve(pausedSchema.parse(params).callFrames[0].location);
  });
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const ask = (method: string, params: object = {}): Promise<void> => {
    const answer = Promise.withResolvers<void>();
    const id = waiting.size;
    waiting.set(id, answer);
    socket.send(JSON.stringify({ id, method, params }));
    return answer.promise;
  };
  await ask("Debugger.enable");
  const { url, sourceMapURL } = await script.promise;
  const mapFile = fileURLToPath(new URL(sourceMapURL, url));
  const payload: SourceMapPayload = JSON.parse(await readFile(mapFile, "utf8"));
  const map = new SourceMap(payload);
  const code = (await readFile(fileURLToPath(url), "utf8")).split("\n");
  const placeOf = (lineNumber: number, columnNumber: number): Place | undefined => {
    const entry = placeSchema.safeParse(map.findEntry(lineNumber, columnNumber));
    if (!entry.success) return undefined;
    const file = relative(ROOT, resolve(mapFile, "..", entry.data.originalSource));
    return { file: file.split(sep).join("/"), line: entry.data.originalLine + 1 };
  };
  return {
    async breakAt({ file, line }) {
      for (const [lineNumber, text] of code.entries()) {
        for (const { index } of text.matchAll(/[\w$]+/g)) {
          const place = placeOf(lineNumber, index);
          if (place?.line === line && place.file === file) {
            return ask("Debugger.setBreakpointByUrl", { url, lineNumber, columnNumber: index });
          }
        }
      }
      throw new Error(`${file}:${line} has become no code in ${url}`);
    },
    async paused() {
      const { lineNumber, columnNumber } = await stop.promise;
      const place = placeOf(lineNumber, columnNumber);
      if (place === undefined) throw new Error(`Line ${lineNumber} of the bundle comes from no source`);
      return place;
    },
    async resume() {
      stop = Promise.withResolvers();
      await ask("Debugger.resume");
    },
    detach: () => socket.close(),
  };
}
