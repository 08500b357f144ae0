// Nothing is changed in what is production's, or may be, unless somebody says that it is meant.
import { spawnSync } from "node:child_process";
import { afterEach, expect, test, vi } from "vitest";
import { brakeCommand } from "../../cli/altinn/brake.ts";
import { keyCommand } from "../../cli/altinn/key.ts";
import { sendCommand } from "../../cli/altinn/send.ts";
import { subscriptionsCommand } from "../../cli/altinn/subscriptions.ts";
import { CannotDo, refuseProduction, storageToChange } from "../../cli/storage.ts";
import { commandArgs } from "../harness/command.ts";
import { runHere } from "../harness/commandHere.ts";
import { startStorage } from "../harness/storage.ts";

// Of no account that there is; nothing is called before the question is settled.
const IN_AZURE =
  "DefaultEndpointsProtocol=https;AccountName=letters;AccountKey=c2VjcmV0;BlobEndpoint=https://letters.invalid;QueueEndpoint=https://letters.invalid";

afterEach(() => vi.unstubAllEnvs());

test.each([
  ["send", () => runHere(sendCommand, ["examples/letter.json"], { CORRESPONDENCE_STORAGE: IN_AZURE })],
  ["brake on", () => runHere(brakeCommand, ["on"], { CORRESPONDENCE_STORAGE: IN_AZURE })],
  ["brake off", () => runHere(brakeCommand, ["off"], { CORRESPONDENCE_STORAGE: IN_AZURE })],
])("%s asks for --production where it is not known whose the storage is", async (_name, run) => {
  const { code, stdout, stderr } = await run();
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("It is not known whether this storage is production's");
  expect(stderr).toContain("--production");
});

test("a letter of the smoke test asks for it too, before anything is called", async () => {
  const letter = ["--resource", "letters", "--recipient", "urn:altinn:organization:identifier-no:310000000"];
  const args = [...commandArgs("smoke"), "--app", "https://letters.invalid", ...letter];
  const env = { PATH: process.env.PATH, CORRESPONDENCE_STORAGE: IN_AZURE, ALTINN_ENVIRONMENT: "production" };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/This is production .*--production/);
});

test("a key is made in production's vault only if that is meant", async () => {
  const create = runHere(keyCommand, ["create", "--vault", "https://letters.invalid"], {
    ALTINN_ENVIRONMENT: "production",
  });
  await expect(create).rejects.toThrow(/This is production/);
});

test("what the app's own setting says is believed, and this machine is nobody's production", async () => {
  vi.stubEnv("CORRESPONDENCE_STORAGE", IN_AZURE);
  vi.stubEnv("ALTINN_ENVIRONMENT", "production");
  await expect(storageToChange({})).rejects.toThrow(/This is production/);
  await expect(storageToChange({ production: true })).resolves.toBeDefined();
  vi.stubEnv("ALTINN_ENVIRONMENT", "tt02");
  await expect(storageToChange({})).resolves.toBeDefined();
  // No environment of the app's: nobody knows what was meant.
  for (const written of ["Production", "prod", "live"]) {
    vi.stubEnv("ALTINN_ENVIRONMENT", written);
    await expect(storageToChange({}), written).rejects.toThrow(/not known/);
  }
  vi.stubEnv("ALTINN_ENVIRONMENT", "");
  vi.stubEnv("CORRESPONDENCE_STORAGE", (await (await startStorage()).account()).connectionString);
  await expect(storageToChange({})).resolves.toBeDefined();
  vi.stubEnv("ALTINN_ENVIRONMENT", "production");
  await expect(storageToChange({})).rejects.toThrow(CannotDo);
  expect(() => refuseProduction(false, {})).not.toThrow();
});

test("Altinn's production is left alone, too", async () => {
  const settings = {
    ALTINN_ENVIRONMENT: "production",
    ALTINN_SUBSCRIPTION_KEY: "subscription",
    ALTINN_RESOURCES: "letters",
    ALTINN_WEBHOOK_KEY: "key",
    MASKINPORTEN_CLIENT_ID: "00000000-0000-4000-8000-000000000000",
    MASKINPORTEN_KEY_VAULT_KEY: "https://letters.vault.azure.net/keys/maskinporten/0123456789abcdef0123456789abcdef",
  };
  const create = runHere(subscriptionsCommand, ["create", "--app", "https://letters.invalid"], settings);
  await expect(create).rejects.toThrow(/This is production/);
});
