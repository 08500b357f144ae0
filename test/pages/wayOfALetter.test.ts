// A letter's way as somebody sees it who tries the project: what `npm start` starts, the README's letter dropped, and from
// there on nothing but clicks, in the inbox and in the dashboard.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { QueueServiceClient } from "@azure/storage-queue";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { QUEUES } from "../../shared/storage/names.ts";
import { openBrowser } from "../harness/browser.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const FREE_PORTS = ["--blob-port=0", "--queue-port=0", "--altinn-port=0", "--functions-port=0"];
const started = z.object({ connectionString: z.string(), altinn: z.string(), functions: z.string() });

let directory: string;
let start: ChildProcess;
let browser: Browser;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "way-"));
  const args = ["local/start.ts", "--no-examples", "--no-watch", "--state-dir", directory, ...FREE_PORTS];
  start = spawn(process.execPath, [join(ROOT, "scripts", "run.mjs"), ...args], { stdio: "ignore" });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  const ended = new Promise((resolve) => start.once("exit", resolve));
  if (start.exitCode === null && start.kill("SIGTERM")) await ended;
  await rm(directory, { recursive: true, force: true });
});

async function open(url: string): Promise<Page> {
  const context = await browser.newContext({ locale: "nb-NO", reducedMotion: "reduce" });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => expect.fail(error.message));
  await page.goto(url);
  return page;
}

it("is read in the inbox by one click, and seen to be read in the dashboard by four", async () => {
  const noted = async () => started.safeParse(JSON.parse(await readFile(join(directory, "start.json"), "utf8"))).data;
  await expect.poll(() => noted().catch(() => undefined)).toBeDefined();
  const { connectionString, altinn, functions } = started.parse(await noted());
  const [, written = ""] = /```json\n(.*?)```/s.exec(await readFile(join(ROOT, "README.md"), "utf8")) ?? [];
  const requests = QueueServiceClient.fromConnectionString(connectionString).getQueueClient(QUEUES.requests);
  await requests.sendMessage(written);

  const inbox = await open(altinn);
  await inbox.getByRole("listitem").getByRole("link", { name: "Vedtak i saken din" }).click();
  await inbox.getByRole("article").getByText("Du har fått et vedtak.").waitFor();

  const dashboard = await open(`${functions}/api/dashboard`);
  await dashboard.getByRole("link", { name: "Finn brev" }).click();
  // The event that tells of the reading may still be under way.
  await expect
    .poll(async () => {
      await dashboard.getByRole("link", { name: "Publisert", exact: true }).click();
      await dashboard.getByRole("link", { name: "Lest", exact: true }).click();
      await dashboard.getByText(/Lest: (1 brev|Ingenting)/).waitFor();
      return dashboard.getByRole("row").count();
    })
    .toBe(2);
  await dashboard.getByRole("row").nth(1).getByRole("link").click();
  await dashboard.getByText("2026/1234", { exact: true }).waitFor();
  await dashboard.getByRole("listitem").filter({ hasText: "Lest av mottakeren" }).waitFor();
});
