// Bicep's own compiler, where it is on the path: it knows Azure's types, and works out what a deployment would make.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const MAIN = fileURLToPath(new URL("../../infra/main.bicep", import.meta.url));

const snapshot = z.object({
  predictedResources: z.array(
    z.object({
      type: z.string(),
      name: z.string(),
      sku: z.unknown().optional(),
      properties: z.record(z.string(), z.unknown()).nullish(),
    }),
  ),
});

/** A resource that a deployment would make; what only Azure knows stays an expression. */
export type PredictedResource = z.output<typeof snapshot>["predictedResources"][number];

/** What a deployment would make, or why there would be none. */
export type Prediction =
  | { readonly ok: true; readonly resources: readonly PredictedResource[] }
  | { readonly ok: false; readonly why: string };

/** Whether there is a compiler that can do all of this. */
export async function hasBicep(): Promise<boolean> {
  return (await bicep(["snapshot", "--help"])).ok;
}

/** Everything that the compiler says of main.bicep and its modules: errors, warnings. */
export async function compilerSays(): Promise<string> {
  const { stderr } = await bicep(["build", MAIN, "--stdout"]);
  return stderr;
}

/** What main.bicep would make with these values. */
export async function predict(values: Readonly<Record<string, unknown>>): Promise<Prediction> {
  const directory = await mkdtemp(join(tmpdir(), "bicep-"));
  try {
    const file = join(directory, "it.bicepparam");
    const lines = Object.entries(values).map(([name, value]) => `param ${name} = ${literal(value)}`);
    const using = relative(directory, MAIN).split(sep).join("/");
    await writeFile(file, [`using '${using}'`, ...lines, ""].join("\n"));
    const subscription = "00000000-0000-4000-8000-000000000001";
    const place = ["--subscription-id", subscription, "--location", "norwayeast", "--deployment-name", "it"];
    const { ok, stderr } = await bicep(["snapshot", file, "--mode", "overwrite", ...place]);
    if (!ok) return { ok, why: stderr };
    const made = await readFile(join(directory, "it.snapshot.json"), "utf8");
    return { ok, resources: snapshot.parse(JSON.parse(made)).predictedResources };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** A value in Bicep's own notation. */
function literal(value: unknown): string {
  if (typeof value === "string") return `'${value.replace(/[\\']/g, "\\$&").replaceAll("${", "\\${")}'`;
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([name, inner]) => `${name}: ${literal(inner)}`)
    .join(", ")} }`;
}

function bicep(args: readonly string[]): Promise<{ ok: boolean; stderr: string }> {
  return new Promise((done) =>
    execFile("bicep", args, { maxBuffer: 64 * 1024 * 1024 }, (error, _stdout, stderr) =>
      done({ ok: error === null, stderr }),
    ),
  );
}
