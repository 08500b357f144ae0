// `npm run brake`: what an operator sees, and what it does to the brake.
import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { readBrake } from "../../shared/pausing/emergencyBrake.ts";
import { createJsonBlobs } from "../../shared/storage/jsonBlobs.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { commandArgs } from "../harness/command.ts";
import { type Storage, startStorage } from "../harness/storage.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

async function brake(args: string[], env: Record<string, string>) {
  return promisify(execFile)(process.execPath, [...commandArgs("brake"), ...args], {
    env,
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

test("goes on and off, and says so", async () => {
  const account = await storage.account();
  const env = { CORRESPONDENCE_STORAGE: account.connectionString };
  const state = createJsonBlobs(account.blobs.getContainerClient(CONTAINERS.state));
  expect((await brake(["status"], env)).stdout).toContain("was never on");
  expect((await brake(["on"], env)).stdout).toContain("stops within half a minute");
  expect(await readBrake(state)).toMatchObject({ isOn: true, reason: "operator" });
  expect((await brake(["status"], env)).stdout).toContain("is on since");
  expect((await brake(["off"], env)).stdout).toContain("goes out within");
  expect(await readBrake(state)).toMatchObject({ isOn: false });
  // One sender's alone.
  expect((await brake(["on", "--sender", "oslo"], env)).stdout).toContain("oslo: The brake is on.");
  expect(await readBrake(state)).toMatchObject({ isOn: false, senders: { oslo: { isOn: true, reason: "operator" } } });
  expect((await brake(["status"], env)).stdout).toMatch(/The brake is off since .*\noslo: The brake is on since/);
  expect((await brake(["off", "--sender", "Not a name"], env)).code).toBe(2);
});

test("says what to do where there is no storage, or none that answers", async () => {
  const nothing = await mkdtemp(join(tmpdir(), "no-start-"));
  const missing = await brake(["status", "--state-dir", nothing], {});
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("npm start first") });
  const wrong = await brake(["status"], { CORRESPONDENCE_STORAGE: "AccountKey=c2VjcmV0" });
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("CORRESPONDENCE_STORAGE") });
  expect(wrong.stderr).not.toContain("c2VjcmV0");
  expect((await brake(["sideways"], {})).code).toBe(2);
});
