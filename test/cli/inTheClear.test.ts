// A function key goes to nobody by plain http, save on this machine; through the bundles that users run.
import { execFile } from "node:child_process";
import { expect, test } from "vitest";
import { commandArgs } from "../harness/command.ts";

const KEY = "key-that-nobody-may-see";
const SETTINGS = {
  ALTINN_ENVIRONMENT: "tt02",
  ALTINN_SUBSCRIPTION_KEY: "subscription",
  ALTINN_RESOURCES: "letters",
  MASKINPORTEN_CLIENT_ID: "client",
  MASKINPORTEN_JWK: "none",
};

function run(name: string, args: readonly string[], key = KEY): Promise<{ code: unknown; said: string }> {
  const env = { ...SETTINGS, ALTINN_WEBHOOK_KEY: key };
  return new Promise((resolve) => {
    execFile(process.execPath, [...commandArgs(name), ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, said: stdout + stderr }),
    );
  });
}

// A name that nobody can have.
test.each([
  ["smoke", ["--seconds", "1"]],
  ["altinn", ["doctor"]],
])("%s refuses http outside of this machine when a key goes along", async (name, args) => {
  const { code, said } = await run(name, [...args, "--app", "http://letters.invalid"]);
  expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining("use https") });
  expect(said).not.toContain(KEY);
});

test("on this machine it goes by http", async () => {
  const { said } = await run("smoke", ["--seconds", "1", "--app", "http://127.0.0.1:9"]);
  expect(said).toContain("health: no answer");
});
