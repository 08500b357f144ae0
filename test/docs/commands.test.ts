// Every command that a page shows in a block of its own is run here as it stands there, over a whole app (a setting is read as
// the app reads it); or is of a kind that another test runs, which is named below; or says on the page that it needs Azure.
import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAltinn } from "../../cli/commands.ts";
import { inherit, withHelp } from "../../cli/program.ts";
import { EXAMPLE_STATUS_QUEUE } from "../../local/start/appSettings.ts";
import { readSettings } from "../../shared/settings/settings.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { MANIFEST, npmScriptsIn } from "../deploy/repository.ts";
import { runHere } from "../harness/commandHere.ts";
import { startStorage } from "../harness/storage.ts";
import { CLIENT_ID, World } from "../harness/world.ts";
import { aLetter } from "../integration/letters.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  ...globSync("{docs,infra,examples,producer,pages,simulation}/**/*.md", { cwd: ROOT }),
].sort();
const SHELLS = ["sh", "bash", "shell", "console", "powershell", "pwsh"];
/** Seconds in which the simulator publishes a letter, and more. */
const PUBLISHED_WITHIN = 20;
/** What a page says of a command, at its end, or of a block, in its first line. */
const NEEDS_AZURE = /# needs Azure$/;
/** Short cuts to branches of `npm run altinn`. */
const SHORT_CUTS = ["check", "preview", "send", "attachment", "brake", "dead-letters"];

/** Commands that are run elsewhere, or the like of them, and where. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "npm start": "test/local/start.test.ts",
  "npm test": "test/scripts/test.test.ts",
  "npm install ./altinn-correspondence-sender-0.1.0.tgz": "test/producer/package.test.ts",
  "npm run altinn -- attachment upload vedlegg.pdf --resource my-letters": "test/cli/attachment.test.ts",
  "npm run --silent attachment -- upload examples/attachments/examples/vilkar.txt --resource example-letters":
    "test/cli/attachment.test.ts",
  "npm run altinn -- attachment status <id>": "test/cli/attachment.test.ts",
  "npm run altinn -- attachment purge <id>": "test/cli/attachment.test.ts",
  "npm run altinn -- doctor": "test/cli/doctor.test.ts",
};

/** It says what it would do, and that it was not done: the one that exits with 1 when all is well. */
const NOT_DONE = "npm run altinn -- erase --request case-2026-1234-decision";

interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

const blocks: readonly Block[] = PAGES.flatMap((page) =>
  [...readFileSync(join(ROOT, page), "utf8").matchAll(/^( *)```(.*)\n([\s\S]*?)^ *```$/gm)].map(
    ([, indent = "", language = "", text = ""]) => ({
      page,
      language,
      text: text.replaceAll(new RegExp(`^ {${indent.length}}`, "gm"), ""),
    }),
  ),
);

/** Whole programs, which `npm run test:snippets` runs. */
const programs = new Set(
  globSync("examples/clients/**/*.{sh,ps1}", { cwd: ROOT }).map((file) =>
    readFileSync(join(ROOT, file), "utf8").trim(),
  ),
);

/** Command lines of a page that are to work with nothing but the project, each once. */
function commandsOf(page: string): string[] {
  const shown = blocks.filter(
    ({ page: of, language, text }) => of === page && SHELLS.includes(language) && !programs.has(text.trim()),
  );
  const lines = shown.flatMap(({ text }) => {
    const all = text.replaceAll(/\\\n\s*/g, " ").split("\n");
    return NEEDS_AZURE.test(all[0] ?? "") ? [] : all.filter((line) => !NEEDS_AZURE.test(line));
  });
  return [...new Set(lines.map((line) => line.replace(/(?:^|\s+)#.*$/, "").trim()).filter(Boolean))];
}

let world: World;
/** Where the reader stands: a folder with the examples, and the files that commands name. */
let directory: string;
beforeAll(async () => {
  world = await World.start(await startStorage(), {
    statusQueues: [EXAMPLE_STATUS_QUEUE],
    settings: { ALTINN_RESOURCES: "example-letters" },
  });
  directory = await mkdtemp(join(tmpdir(), "commands-"));
  await cp(join(ROOT, "examples"), join(directory, "examples"), { recursive: true });
  await writeFile(join(directory, "vedlegg.pdf"), "%PDF-1.7");
  const examples = { letter: { resourceId: "example-letters" } };
  await writeFile(join(directory, "mended.json"), JSON.stringify(aLetter({ id: "mended", ...examples })));
  await writeFile(join(directory, "settings.json"), JSON.stringify(Object.entries(settings()).map(asAzureTells)));
  await world.drop(aLetter({ id: "case-2026-1234-decision", ...examples }));
  for (const id of ["refused-1", "refused-2"])
    await world.drop(aLetter({ id, content: { messageTitle: "" }, ...examples }));
  await world.run();
});
afterAll(async () => {
  // A command goes to where its reader stands.
  process.chdir(ROOT);
  await world[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const settings = () => ({
  ALTINN_ENVIRONMENT: "tt02",
  ALTINN_PLATFORM_URL: world.simulator.url,
  ALTINN_SUBSCRIPTION_KEY: "test-subscription-key",
  ALTINN_RESOURCES: "example-letters",
  MASKINPORTEN_ISSUER: world.simulator.maskinportenIssuer,
  MASKINPORTEN_CLIENT_ID: CLIENT_ID,
  MASKINPORTEN_JWK: world.key.base64,
});
const asAzureTells = ([name, value]: [string, string]) => ({ name, value, slotSetting: false });

/** What the reader puts in the place of `<id>` and `<name>`. */
async function filledIn(word: string, command: string): Promise<string> {
  if (word === "<name>") {
    const deadLetters = world.storage.blobs.getContainerClient(CONTAINERS.deadLetters);
    for await (const { name } of deadLetters.listBlobsFlat()) return name.replace(/\.json$/, "");
  }
  if (word === "<id>") return world.letters()[0]?.correspondenceId ?? `${command} needs a letter`;
  return word.replace("$private", directory).replaceAll('"', "");
}

/** The words of a command of ours, as the shell hands them over; undefined if it is none. */
async function wordsOf(line: string): Promise<string[] | undefined> {
  const [, name = "", rest = ""] = /^npm run (?:--silent )?([\w:-]+) -- (.*?)(?: > \S+)?$/.exec(line) ?? [];
  if (name !== "altinn" && !SHORT_CUTS.includes(name)) return undefined;
  const words = await Promise.all((rest.match(/"[^"]*"|\S+/g) ?? []).map((word) => filledIn(word, line)));
  const files = words.flatMap((word) => (word.includes("*") ? globSync(word, { cwd: directory }).sort() : [word]));
  return name === "altinn" ? files : [name, ...files];
}

/** Runs a command while the app works and Altinn publishes. */
async function runs(words: readonly string[]): Promise<{ readonly code: number; readonly problem: string }> {
  // The machine's time is the command's: by it Maskinporten judges the grant.
  const ahead = world.clock.now() - Date.now();
  if (ahead > 0) world.clock.setBack(ahead);
  else world.clock.advance(-ahead);
  let isDone = false;
  const ended = runHere((run) => inherit(withHelp(createAltinn(run))), words, {
    ...settings(),
    CORRESPONDENCE_STORAGE: world.storage.connectionString,
    INIT_CWD: directory,
  }).finally(() => {
    isDone = true;
  });
  for (let step = 0; words.includes("--wait") && !isDone; step++) {
    await world.advance(step < PUBLISHED_WITHIN ? 1_000 : 0);
    for (const event of world.simulator.control.events()) await world.event(event);
  }
  const { code, stderr } = await ended;
  await world.run();
  // What a command that worked says there is advice.
  return { code, problem: code === 0 ? "" : stderr };
}

test("every block says in what language it is", () => {
  expect(blocks.length).toBeGreaterThan(70);
  expect(blocks.filter(({ language }) => language === "").map(({ page, text }) => `${page}: ${text}`)).toEqual([]);
});

describe.each(PAGES.filter((page) => commandsOf(page).length > 0))("%s", (page) => {
  test.each(commandsOf(page))("%s", async (line) => {
    const elsewhere = ELSEWHERE[line];
    if (elsewhere !== undefined) {
      expect(existsSync(join(ROOT, elsewhere)), elsewhere).toBe(true);
      return;
    }
    const setting = /^export (?<name>[A-Z_]+)='(?<value>[^']+)'$/.exec(line)?.groups;
    if (setting !== undefined) {
      const { name = "", value } = setting;
      const read = readSettings({
        ...settings(),
        CORRESPONDENCE_STORAGE: world.storage.connectionString,
        [name]: value,
      });
      expect(read).toMatchObject({ ok: true });
      return;
    }
    const words = await wordsOf(line);
    if (words !== undefined) {
      const problem = line === NOT_DONE ? expect.stringContaining("Add --yes to do it") : "";
      expect(await runs(words)).toEqual({ code: line === NOT_DONE ? 1 : 0, problem });
      return;
    }
    expect(line, "is run by no test: run it here, name the test that does, or say on the page # needs Azure").toBe(
      "private=$(mktemp -d)",
    );
    execFileSync("sh", ["-c", `${line} && rmdir "$private"`]);
  });
});

test("what is run elsewhere still stands on a page", () => {
  const shown = PAGES.flatMap(commandsOf);
  expect(Object.keys(ELSEWHERE).filter((line) => !shown.includes(line))).toEqual([]);
});

test("what pages call by npm, within sentences too, are scripts that there are; and files of tests as well", () => {
  for (const page of PAGES) {
    const text = readFileSync(join(ROOT, page), "utf8");
    for (const script of npmScriptsIn(text)) expect(MANIFEST.scripts, page).toHaveProperty([script]);
    for (const [file] of text.matchAll(/\btest\/[\w/-]+\.test\.ts\b/g))
      expect(existsSync(join(ROOT, file)), file).toBe(true);
  }
});
