// `altinn completion bash|zsh|fish`: a script that completes commands and options, made from the commands themselves.
import { Argument, Command } from "commander";
import { print } from "../../terminal/output.ts";
import { type Run, withExamples, withNotes } from "../program.ts";

/** What the package's `bin` calls the program. */
export const PROGRAM = "altinn-correspondence";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

/** A command and the words that can follow it. */
interface Place {
  /** Names from the program on, without the program's; "" for itself. */
  readonly path: string;
  readonly words: readonly string[];
}

/** Makes the command. `run` is given what is to be done. */
export function completionCommand(run: Run): Command {
  const command = withNotes(
    new Command("completion")
      .description(`print a script that completes what is typed after ${PROGRAM}`)
      .addArgument(new Argument("<shell>", "for which shell").choices(SHELLS)),
    `bash: source <(${PROGRAM} completion bash); zsh: source <(${PROGRAM} completion zsh); fish: ${PROGRAM} completion fish | source`,
  );
  withExamples(command, ...SHELLS);
  return command.action((shell: Shell) =>
    run(async () => {
      print(completionOf(command.parent ?? command, shell).trimEnd());
      return 0;
    }),
  );
}

/** The script for a shell. Names of commands and options alone are in it: nothing that a shell would take for more. */
export function completionOf(program: Command, shell: Shell): string {
  const places = placesOf(program, []);
  return shell === "fish"
    ? fish(places)
    : shell === "zsh"
      ? `(( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit; }\nautoload -U +X bashcompinit && bashcompinit\n${bash(places)}`
      : bash(places);
}

function placesOf(command: Command, path: readonly string[]): Place[] {
  const options = command.options.filter(({ hidden }) => !hidden).map(({ long, short }) => long ?? short ?? "");
  const names = command.commands.map((child) => child.name());
  const choices = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
  const own = { path: path.join(" "), words: [...names, ...choices, ...options, "--help"] };
  return [own, ...command.commands.flatMap((child) => placesOf(child, [...path, child.name()]))];
}

/**
 * Words that are no command, arguments say, do not move the place. Where nothing fits, files are offered. zsh runs it too,
 * which takes a name without `$` in a slice for a modifier.
 */
function bash(places: readonly Place[]): string {
  const known = places.slice(1).map(({ path }) => `    "${path}") place="$next" ;;`);
  const words = places.map(({ path, words }) => `    "${path}") words="${words.join(" ")}" ;;`);
  return `_altinn_correspondence() {
  local place="" next="" words="" word
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
    next="\${place:+$place }$word"
    case "$next" in
${known.join("\n")}
    esac
  done
  case "$place" in
${words.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _altinn_correspondence ${PROGRAM}
`;
}

function fish(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, words }) => {
    const below = places.filter((other) => other.path.startsWith(path === "" ? "" : `${path} `) && other.path !== path);
    const names = below
      .map((other) => other.path.slice(path === "" ? 0 : path.length + 1))
      .filter((name) => !name.includes(" "));
    const seen = path
      .split(" ")
      .filter(Boolean)
      .map((name) => `__fish_seen_subcommand_from ${name}`);
    const here = [...seen, ...(names.length > 0 ? [`not __fish_seen_subcommand_from ${names.join(" ")}`] : [])].join(
      "; and ",
    );
    return words.map((word) =>
      word.startsWith("--")
        ? `complete -c ${PROGRAM} -n '${here}' -l ${word.slice(2)}`
        : `complete -c ${PROGRAM} -n '${here}' -a ${word}`,
    );
  });
  return `${lines.join("\n")}\n`;
}
