// Before any test runs: the commands are bundled, as run.mjs has them, so that those that are started load a few files each.
import { resolve } from "node:path";
import { buildCommands, commandScripts } from "../../scripts/buildCommands.ts";
import { areCurrent } from "../../scripts/commands.mjs";

/** Called once by vitest, in its main process. */
export async function setup(): Promise<void> {
  if (!areCurrent(resolve(import.meta.dirname, "../.."))) await buildCommands(await commandScripts());
}
