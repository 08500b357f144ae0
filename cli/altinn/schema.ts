// `altinn schema [name]`: the JSON Schemas of what goes on the queues, for editors and programs.
import { readFile } from "node:fs/promises";
import { Argument, Command } from "commander";
import { print } from "../../terminal/output.ts";
import { type Run, withExamples } from "../program.ts";

/** By the file in docs/schemas that has it. */
const NAMES = ["correspondence-request", "announcement"] as const;

const FOLDER = new URL("../../docs/schemas/", import.meta.url);

/** Makes the command. `run` is given what is to be done. */
export function schemaCommand(run: Run): Command {
  const command = new Command("schema")
    .description("print the JSON Schema of a request, or of an announcement")
    .addArgument(new Argument("<name>", "which one").choices(NAMES));
  withExamples(command, ...NAMES);
  return command.action((name: string) =>
    run(async () => {
      print((await readFile(new URL(`${name}.schema.json`, FOLDER), "utf8")).trimEnd());
      return 0;
    }),
  );
}
