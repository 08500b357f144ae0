// Two hundred senders in one deployment, three of them broken: the others notice nothing, and nobody's token is fetched twice.
import { beforeAll, expect, test } from "vitest";
import { organization } from "../../local/parties.ts";
import { HOUR } from "../../shared/clock.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter } from "../integration/letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

const SENDERS = 200;
/** Maskinporten refuses them a token, Altinn their resource, and nobody answers for the vault with their key. */
const BROKEN = { 20: "scopes", 90: "owner", 150: "vault" } as const;

const numberOf = (index: number) => organization(index + 100).replace(/^.*:/, "");
const resourceOf = (index: number) => `org${numberOf(index)}-letters`;

function senderOf(index: number) {
  const broken = new Map<number, string>(Object.entries(BROKEN).map(([at, how]) => [Number(at), how])).get(index);
  return {
    name: `sender-${index}`,
    resources: [resourceOf(index)],
    consumerOrg: numberOf(broken === "owner" ? index + 1 : index),
    ...(broken === "scopes" ? { scopes: ["altinn:not-given"] } : {}),
    ...(broken === "vault" ? { keyVaultKey: `https://vault.invalid/keys/key/${"0".repeat(32)}` } : {}),
  };
}

test("two hundred senders, three of them broken: every other letter goes out at once, with a token for each sender", async () => {
  const senders = Array.from({ length: SENDERS }, (_, index) => senderOf(index));
  await using world = await World.start(storage, { settings: { SENDERS: JSON.stringify(senders) }, batchSize: 16 });
  // Those of the broken come first, and are many.
  for (const index of Object.keys(BROKEN).map(Number)) {
    for (let letter = 0; letter < 12; letter++) await world.drop(letterOf(index, letter));
  }
  for (let letter = 0; letter < 2; letter++) {
    for (let index = 0; index < SENDERS; index++) if (!(index in BROKEN)) await world.drop(letterOf(index, letter));
  }
  await world.run();
  const sent = world.letters();
  expect(sent).toHaveLength(2 * (SENDERS - 3));
  for (const { resourceId, owner } of sent) expect(resourceId).toBe(`org${owner}-letters`);
  const tokens = world.calls.filter((call) => call === "altinn POST /maskinporten/token");
  expect(tokens.length).toBeLessThan(SENDERS + 12);
  const alerts = world.logs.filter((line) => line.startsWith("error"));
  expect(alerts.filter((line) => !/"sender":"sender-(?:20|90|150)"/.test(line))).toEqual([]);
  expect(
    new Set(alerts.map((line) => /"event":"(\w+)".*"sender":"([\w-]+)"/.exec(line)?.slice(1, 3).join(" "))),
  ).toEqual(new Set(["altinnRefusesOurSetUp sender-20", "altinnRefusesOurSetUp sender-90", "breakerOpen sender-150"]));
  // Mended, what waited goes out.
  const mended = senders.map(({ name, resources }, index) => ({ name, resources, consumerOrg: numberOf(index) }));
  await world.restart({ SENDERS: JSON.stringify(mended) });
  await world.settle(2 * HOUR);
  expect(world.letters()).toHaveLength(2 * (SENDERS - 3) + 36);
});

function letterOf(index: number, letter: number): object {
  return aLetter({ id: `${index} ${letter}`, letter: { resourceId: resourceOf(index) } });
}
