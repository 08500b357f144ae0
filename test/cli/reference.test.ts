// The one command line as a whole: its help against its page, its examples, what every command has, and its completion.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { completionOf } from "../../cli/altinn/completion.ts";
import { schemaCommand } from "../../cli/altinn/schema.ts";
import { createAltinn } from "../../cli/commands.ts";
import { calledAs, examplesOf, inherit, withHelp } from "../../cli/program.ts";
import { withReference } from "../../scripts/schemas.ts";
import { runHere } from "../harness/commandHere.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const altinn = () => inherit(withHelp(createAltinn(async () => undefined)));

/** Commands that do something, each by what it is called. */
const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
const all = leaves(altinn());

test("docs/commands.md says what the help says, and the other way round (npm run schemas)", () => {
  const page = readFileSync(join(ROOT, "docs", "commands.md"), "utf8");
  expect(page).toBe(withReference(page));
  for (const command of all) expect(page).toContain(`npm run altinn -- ${calledAs(command).replace(/^altinn /, "")}`);
});

test("no page names a command or an option that there is not", () => {
  const pages = ["README.md", "SECURITY.md", "infra/README.md", "examples/README.md", "producer/README.md"];
  for (const name of readdirSync(join(ROOT, "docs"))) if (name.endsWith(".md")) pages.push(`docs/${name}`);
  const wrong: string[] = [];
  for (const page of pages) {
    const text = readFileSync(join(ROOT, page), "utf8");
    // The short cuts and the program itself, as far as the line or the code goes.
    const calls = text.matchAll(
      /npm run (?:--silent )?(altinn|check|preview|send|attachment|brake|dead-letters) -- ([^`\n#|&>]*)/g,
    );
    for (const [call, name = "", rest = ""] of calls) {
      const words = [
        ...(name === "altinn" ? [] : [name]),
        ...rest
          .replaceAll(/[.;:)]+(?=\s|$)/g, "")
          .trim()
          .split(/[\s,]+/),
      ];
      if (words[0]?.startsWith("<") || words[0] === "" || words[0] === "…") continue;
      const problem = faultOf(words);
      if (problem !== undefined) wrong.push(`${page}: ${call.trim()}: ${problem}`);
    }
  }
  expect(wrong).toEqual([]);
});

/** What of a call is not there: its command, or an option; undefined if all of it is. */
function faultOf(words: readonly string[]): string | undefined {
  let command: Command = altinn();
  for (const word of words) {
    const child: Command | undefined = command.commands.find((one) => one.name() === word);
    if (child !== undefined) command = child;
    else if (word.startsWith("--")) {
      if (word !== "--help" && !command.options.some(({ long }) => long === word)) return `no option ${word}`;
    } else if (command.parent === null) return `no command ${word}`;
  }
  return undefined;
}

describe.each(all.map((command) => [calledAs(command), command] as const))("%s", (_name, command) => {
  test("has --json, unless it prints what is none of people's, and examples that it understands", () => {
    if (!["schema", "completion"].includes(command.name())) {
      expect(command.options.map(({ long }) => long)).toContain("--json");
    }
    expect(examplesOf(command)).not.toEqual([]);
    expect(command.description()).toMatch(/^[a-z]/);
    for (const example of examplesOf(command)) {
      const words = example.match(/"[^"]*"|\S+/g) ?? [];
      for (const word of words.filter((one) => one.startsWith("--"))) {
        expect(command.options.map(({ long }) => long)).toContain(word);
      }
      expect(() =>
        altinn().parse([...calledAs(command).split(" ").slice(1), ...words], { from: "user" }),
      ).not.toThrow();
    }
  });
});

test("schema prints what is published", async () => {
  const { code, stdout } = await runHere(schemaCommand, ["announcement"], {});
  expect(code).toBe(0);
  expect(stdout).toBe(readFileSync(join(ROOT, "docs", "schemas", "announcement.schema.json"), "utf8"));
});

test("the examples that need nothing but the project work", async () => {
  const offline = all.filter((command) => ["check", "schema", "completion"].includes(command.name()));
  const examples = offline.flatMap((command) => examplesOf(command).map((example) => `${command.name()} ${example}`));
  // A pattern is the shell's to read.
  for (const example of examples.filter((one) => !one.includes("*"))) {
    const { code, stderr } = await runHere(createAltinn, example.split(" "), {});
    expect({ example, code, stderr }).toEqual({ example, code: 0, stderr: "" });
  }
});

describe("completion", () => {
  const ask = (...typed: readonly string[]) => {
    const words = ["altinn-correspondence", ...typed];
    const script = `${completionOf(altinn(), "bash")}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _altinn_correspondence; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync("bash", ["-c", script, "bash", ...words], { encoding: "utf8" })
      .trim()
      .split("\n");
  };

  test("in bash: commands, theirs, and options, wherever one stands", () => {
    expect(ask("dead")).toEqual(["dead-letters"]);
    expect(ask("dead-letters", "re")).toEqual(["replay"]);
    expect(ask("letters", "find", "--resource", "letters", "--ref")).toEqual(["--reference"]);
    expect(ask("completion", "fi")).toEqual(["fish"]);
    expect(ask("send", "--wa")).toEqual(["--wait"]);
  });

  test("for zsh by the same words, for fish each by where it belongs", () => {
    const zsh = completionOf(altinn(), "zsh");
    expect(zsh).toContain("bashcompinit\n_altinn_correspondence() {");
    // It was tried with zsh 5.9, which is not there in a test: a slice without "$" ended with "unrecognized modifier".
    expect(zsh).toContain(`@]:1:$((COMP_CWORD - 1))}`);
    const fish = completionOf(altinn(), "fish").trimEnd().split("\n");
    expect(fish.every((line) => /^complete -c altinn-correspondence -n '[^']+' -[la] [\w-]+$/.test(line))).toBe(true);
    expect(fish).toContain(
      "complete -c altinn-correspondence -n '__fish_seen_subcommand_from letters; and __fish_seen_subcommand_from find' -l reference",
    );
  });
});
