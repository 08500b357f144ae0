// Commands as tests start them: from the bundles that users run, which are made before any test (bundleCommands.ts).
import { resolve } from "node:path";
import { bundleOf } from "../../scripts/commands.mjs";

/** What Node is called with to run a command of cli/, before the command's own arguments: `commandArgs("send")`. */
export function commandArgs(name: string): string[] {
  const bundle = bundleOf(resolve(import.meta.dirname, "../.."), `cli/${name}.ts`);
  if (bundle === undefined) throw new Error(`There is no command ${name}`);
  return ["--disable-warning=ExperimentalWarning", bundle];
}
