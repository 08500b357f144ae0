// The reference of all commands, as docs/commands.md has it: made from the commands themselves, so that both say the same.
import type { Command, Option } from "commander";
import { examplesOf } from "./program.ts";

/** Markdown: a section for each command, with its own commands, their arguments, options and examples. */
export function referenceOf(program: Command): string {
  return `${program.commands.map((command) => section(command, command.name())).join("\n\n")}\n`;
}

function section(command: Command, path: string): string {
  const leaves = leavesOf(command, path);
  const parts = [`### ${command.name()}`, sentence(command.description())];
  for (const [leaf, name] of leaves) {
    if (leaf !== command) parts.push(`#### ${name}`, sentence(leaf.description()));
    parts.push(table(leaf), examples(leaf, name));
  }
  return parts.filter((part) => part !== "").join("\n\n");
}

/** The commands that do something: a command, or those that it has. */
function leavesOf(command: Command, path: string): [Command, string][] {
  if (command.commands.length === 0) return [[command, path]];
  return command.commands.flatMap((child) => leavesOf(child, `${path} ${child.name()}`));
}

function table(command: Command): string {
  const { registeredArguments, options } = command;
  const argumentRows = registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
    const choices = argument.argChoices === undefined ? "" : `: ${argument.argChoices.join(", ")}`;
    return [`\`${argument.required ? `<${name}>` : `[${name}]`}\``, `${argument.description}${choices}`];
  });
  const optionRows = options
    .filter(({ hidden }) => !hidden)
    .map((option) => [`\`${option.flags}\``, `${option.description}${choicesOf(option)}${defaultOf(option)}`]);
  const rows = [...argumentRows, ...optionRows].map((cells) => `| ${cells.map(escaped).join(" | ")} |`);
  return rows.length === 0 ? "" : ["| | |", "|---|---|", ...rows].join("\n");
}

function choicesOf({ argChoices }: Option): string {
  return argChoices === undefined ? "" : ` (${argChoices.join(", ")})`;
}

function defaultOf({ defaultValue }: Option): string {
  return typeof defaultValue === "string" ? ` (default ${defaultValue})` : "";
}

function examples(command: Command, name: string): string {
  const lines = examplesOf(command).map((example) => {
    // What is in Azure bears the name of the reader's own.
    const note = example.includes("https://<") ? "  # needs Azure" : "";
    return `${`npm run altinn -- ${name} ${example}`.trimEnd()}${note}`;
  });
  return lines.length === 0 ? "" : ["```sh", ...lines, "```"].join("\n");
}

function sentence(text: string): string {
  return text === "" ? "" : `${escaped(text.charAt(0).toUpperCase() + text.slice(1))}.`;
}

/** Text that Markdown would take for a table's border or for HTML. */
function escaped(text: string): string {
  return text.startsWith("`") ? text.replaceAll("|", "\\|") : text.replaceAll("|", "\\|").replaceAll("<", "\\<");
}
