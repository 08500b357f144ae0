// `npm run test:snippets`: runs the programs of examples/clients against Azurite, where their language and libraries are
// at hand: each drops a letter with its file, or reads announcements. No part of `npm test`, which needs Node alone.
// `npm run test:snippets -- python` runs those whose path begins so.
//
// Without https Azurite takes no identities, so its account and key are put in the place of those that the programs
// name; nothing else of them is changed.
import { spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { ContainerSASPermissions } from "@azure/storage-blob";
import { QueueSASPermissions } from "@azure/storage-queue";
import { startAzurite } from "../local/azurite/start.ts";
import { type LocalStorage, prepareStorage } from "../local/start/storage.ts";
import { createAnnouncementFactory } from "../shared/announcements/announcement.ts";
import { decodeMessage } from "../shared/requests/decode.ts";
import { CONTAINERS, QUEUES } from "../shared/storage/names.ts";
import { queueText } from "../shared/storage/queues.ts";

const ROOT = resolve(fileURLToPath(new URL("..", import.meta.url)));

/** What every sending program drops, and the file that it uploads. */
const REQUEST = {
  id: "case-2026-1234-decision",
  correspondence: {
    resourceId: "my-resource",
    sendersReference: "2026/1234",
    content: {
      language: "nb",
      messageTitle: "Vedtak i saken din",
      messageBody: "# Vedtak\n\nDu har fått et vedtak.",
      attachments: [{ fileName: "vedtak.pdf", sendersReference: "vedtak", blob: "2026/1234/vedtak.pdf" }],
    },
  },
  recipients: ["urn:altinn:organization:identifier-no:310000000"],
};
const FILE = "%PDF-1.7 a decision";

/** What every reading program prints of the announcements that `announce` puts. */
const TOLD = ["case-2026-1234-decision: sent", "case-2026-1235: not sent (expired); use another channel"];

interface Account {
  readonly storage: LocalStorage;
  readonly blobUrl: string;
  readonly queueUrl: string;
  readonly name: string;
  readonly key: string;
}

/** A program: how it is told which account, what it takes to run it, and what it does. */
interface Snippet {
  readonly file: string;
  readonly does: "sends" | "reads" | "compiles";
  /** The program with the account's credential in place of the identity. */
  readonly adapt?: (text: string, account: Account) => string;
  /** Why it can't be run here; undefined if it can. */
  readonly missing: () => string | undefined;
  /** The command line that makes it ready in its folder, if there is one, and the one that runs it. */
  readonly prepare?: (folder: string) => Promise<readonly string[]>;
  readonly run?: readonly string[];
}

const withoutProgram = (program: string, ...args: readonly string[]) =>
  spawnSync(program, args, { stdio: "ignore" }).status === 0 ? undefined : `${[program, ...args].join(" ")} fails`;

const csharp: Pick<Snippet, "adapt" | "missing"> = {
  adapt: (text, { name, key }) =>
    text.replaceAll(
      "new DefaultAzureCredential()",
      `new Azure.Storage.StorageSharedKeyCredential("${name}", "${key}")`,
    ),
  missing: () => withoutProgram("dotnet", "--version"),
};
const python: Pick<Snippet, "adapt" | "missing"> = {
  adapt: (text, { name, key }) =>
    text.replaceAll("DefaultAzureCredential()", `{"account_name": "${name}", "account_key": "${key}"}`),
  missing: () => withoutProgram("python3", "-c", "import azure.identity, azure.storage.blob, azure.storage.queue"),
};

const SNIPPETS: readonly Snippet[] = [
  { file: "csharp/Send.cs", does: "sends", ...csharp, prepare: project, run: ["dotnet", "bin/app.dll"] },
  { file: "csharp/Read.cs", does: "reads", ...csharp, prepare: project, run: ["dotnet", "bin/app.dll"] },
  { file: "csharp/Trigger.cs", does: "compiles", ...csharp, prepare: functionsProject },
  { file: "python/send.py", does: "sends", ...python, run: ["python3", "send.py"] },
  { file: "python/read.py", does: "reads", ...python, run: ["python3", "read.py"] },
  {
    file: "typescript/send.ts",
    does: "sends",
    adapt: (text, { name, key }) =>
      text
        .replace(
          '{ DefaultAzureCredential } from "@azure/identity"',
          '{ StorageSharedKeyCredential } from "@azure/storage-blob"',
        )
        .replace("new DefaultAzureCredential()", `new StorageSharedKeyCredential("${name}", "${key}")`),
    missing: () => undefined,
    run: [
      process.execPath,
      "--disable-warning=ExperimentalWarning",
      "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
      "send.ts",
    ],
  },
  { file: "http/send.sh", does: "sends", missing: () => withoutProgram("curl", "--version"), run: ["sh", "send.sh"] },
];

/** A project of the .NET SDK around a program, in the versions that it was tried with. */
async function project(folder: string): Promise<readonly string[]> {
  return projectOf(folder, "Microsoft.NET.Sdk", "Exe", {
    "Azure.Identity": "1.21.0",
    "Azure.Storage.Blobs": "12.30.1",
    "Azure.Storage.Queues": "12.28.1",
  });
}

async function functionsProject(folder: string): Promise<readonly string[]> {
  return projectOf(folder, "Microsoft.NET.Sdk", "Library", {
    "Microsoft.Azure.Functions.Worker": "2.52.0",
    "Microsoft.Azure.Functions.Worker.Extensions.Storage.Queues": "5.5.5",
  });
}

async function projectOf(folder: string, sdk: string, output: string, packages: Readonly<Record<string, string>>) {
  const references = Object.entries(packages).map(
    ([name, version]) => `<PackageReference Include="${name}" Version="${version}" />`,
  );
  const properties = [
    `<OutputType>${output}</OutputType><TargetFramework>net10.0</TargetFramework><AssemblyName>app</AssemblyName>`,
    "<Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings><TreatWarningsAsErrors>true</TreatWarningsAsErrors>",
    // A feed that has a later version of what a library names is fine.
    "<NoWarn>NU1603</NoWarn>",
  ].join("");
  const text = `<Project Sdk="${sdk}"><PropertyGroup>${properties}</PropertyGroup><ItemGroup>${references.join("")}</ItemGroup></Project>`;
  await writeFile(join(folder, "app.csproj"), text);
  return ["dotnet", "build", "--nologo", "-v", "q", "-o", "bin"];
}

/** Runs a command line to its end. Rejects, with what it said, when it fails. */
async function execute(command: readonly string[], cwd: string, environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  child.stderr.on("data", (data) => {
    errors += data;
  });
  const code = await new Promise<number | null>((done, fail) => child.on("error", fail).on("close", done));
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${output}${errors}`);
  return output;
}

/** What the plain HTTP programs are told: addresses, and a SAS for each that allows what they do and nothing else. */
async function sasEnvironment({ storage, blobUrl, queueUrl }: Account): Promise<NodeJS.ProcessEnv> {
  const expiresOn = new Date(Date.now() + 3_600_000);
  const files = storage.blobs.getContainerClient(CONTAINERS.attachments);
  const filesSas = await files.generateSasUrl({ permissions: ContainerSASPermissions.parse("cw"), expiresOn });
  const queue = storage.queues.getQueueClient(QUEUES.requests);
  const queueSas = queue.generateSasUrl({ permissions: QueueSASPermissions.parse("a"), expiresOn });
  return {
    FILES_URL: `${blobUrl}/${CONTAINERS.attachments}`,
    FILES_SAS: new URL(filesSas).search.slice(1),
    QUEUE_URL: `${queueUrl}/${QUEUES.requests}`,
    QUEUE_SAS: new URL(queueSas).search.slice(1),
  };
}

/** Looks at what a program has dropped, takes it away, and throws when it is not what it should be. */
async function expectDropped({ blobs, queues }: LocalStorage): Promise<void> {
  const queue = queues.getQueueClient(QUEUES.requests);
  const { receivedMessageItems: messages } = await queue.receiveMessages({ numberOfMessages: 32 });
  const [message] = messages;
  if (message === undefined || messages.length > 1) throw new Error(`${messages.length} messages were dropped.`);
  await queue.clearMessages();
  const decoded = decodeMessage(message.messageText);
  if (!decoded.ok || !isDeepStrictEqual(decoded.value, REQUEST)) throw new Error("Another request was dropped.");
  if (message.expiresOn.getUTCFullYear() < 9000) throw new Error("The message does not wait for ever.");
  const blob = blobs.getContainerClient(CONTAINERS.attachments).getBlobClient("2026/1234/vedtak.pdf");
  const content = await blob.downloadToBuffer();
  await blob.delete();
  if (content.toString() !== FILE) throw new Error("Another file was uploaded.");
}

/** Two announcements: the first raw and again, the second in base64. */
async function announce({ queues }: LocalStorage): Promise<void> {
  const make = createAnnouncementFactory("0193b2c1-0000-7000-8000-000000000001");
  const sent = make.sent({ dispatchId: "0193b2c1-0000-7000-8000-000000000002", requestId: REQUEST.id }, 0);
  const late = make.ended(["late"], "rejected", { requestId: "case-2026-1235" }, 0, { reason: "expired" });
  const texts = [sent, sent, late].map(({ announcement }) => queueText(announcement));
  const queue = queues.getQueueClient(QUEUES.announcements);
  for (const [index, text] of texts.entries()) {
    await queue.sendMessage(index === 2 ? Buffer.from(text).toString("base64") : text);
  }
}

async function expectRead(run: () => Promise<string>, storage: LocalStorage): Promise<void> {
  await announce(storage);
  const told = (await run()).trim().split(/\r?\n/);
  if (!isDeepStrictEqual(told, TOLD)) throw new Error(`It told:\n${told.join("\n")}`);
  await announce(storage);
  if ((await run()).trim() !== "") throw new Error("It handled an announcement twice.");
  const left = await storage.queues.getQueueClient(QUEUES.announcements).getProperties();
  if (left.approximateMessagesCount !== 0) throw new Error("It left messages on the queue.");
}

async function tryOut(snippet: Snippet, account: Account, directory: string): Promise<void> {
  const { file, does, adapt = (text: string) => text, prepare, run = [] } = snippet;
  const folder = join(directory, file.replaceAll("/", "-"));
  await mkdir(folder);
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
  const text = await readFile(join(ROOT, "examples", "clients", file), "utf8");
  const here = text
    .replaceAll("https://<account>.blob.core.windows.net", account.blobUrl)
    .replaceAll("https://<account>.queue.core.windows.net", account.queueUrl);
  await writeFile(join(folder, file.split("/").at(-1) ?? ""), adapt(here, account));
  await writeFile(join(folder, "vedtak.pdf"), FILE);
  await writeFile(join(folder, "letter.json"), JSON.stringify(REQUEST));
  if (prepare !== undefined) await execute(await prepare(folder), folder);
  const environment = await sasEnvironment(account);
  if (does === "sends") {
    await execute(run, folder, environment);
    await expectDropped(account.storage);
  }
  if (does === "reads") await expectRead(() => execute(run, folder, environment), account.storage);
}

async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "snippets-"));
  const azurite = await startAzurite();
  try {
    const part = (name: string) => new RegExp(`${name}=([^;]+)`).exec(azurite.connectionString)?.[1] ?? "";
    const { blobUrl, queueUrl } = azurite;
    const storage = await prepareStorage(azurite.connectionString);
    const account = { storage, blobUrl, queueUrl, name: part("AccountName"), key: part("AccountKey") };
    const wanted = process.argv.slice(2);
    for (const snippet of SNIPPETS) {
      if (wanted.length > 0 && !wanted.some((start) => snippet.file.startsWith(start))) continue;
      const missing = snippet.missing();
      const outcome =
        missing === undefined
          ? await tryOut(snippet, account, directory).then(
              () => snippet.does,
              (error: unknown) => {
                process.exitCode = 1;
                return `FAILED: ${error instanceof Error ? error.message : String(error)}`;
              },
            )
          : `not run: ${missing}`;
      process.stdout.write(`${snippet.file.padEnd(20)} ${outcome}\n`);
    }
  } finally {
    await azurite.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

await main();
