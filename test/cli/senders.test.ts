// Whose senders a command knows: never the local start's where the environment says another storage.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { findSenders } from "../../cli/senders.ts";

const SENDERS = JSON.stringify([{ name: "oslo", resources: ["oslo-letters"], consumerOrg: "313721779" }]);
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "senders-"));
  const started = { pid: process.pid, connectionString: "none", altinn: "none", functions: "none", senders: SENDERS };
  await writeFile(join(directory, "start.json"), JSON.stringify(started));
  for (const name of ["SENDERS", "CORRESPONDENCE_STORAGE"]) vi.stubEnv(name, "");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true });
});

const names = async () => (await findSenders(directory)).all.map(({ name }) => name);

it("are those of the start that runs, where the environment says neither storage nor senders", async () => {
  expect(await names()).toEqual(["oslo"]);
});

it.each(["CORRESPONDENCE_STORAGE", "CORRESPONDENCE_STORAGE__queueServiceUri"])(
  "are none of the start's where %s says which storage is meant",
  async (setting) => {
    vi.stubEnv(setting, "https://example.queue.core.windows.net");
    expect(await names()).toEqual([]);
  },
);

it("are those of the environment where it says so, be it with spaces around", async () => {
  vi.stubEnv("SENDERS", ` ${SENDERS.replaceAll("oslo", "bergen")} `);
  expect(await names()).toEqual(["bergen"]);
});
