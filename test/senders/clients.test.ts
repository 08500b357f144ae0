// Each sender's way to Altinn: a token of its own, fetched once however many ask, and nothing for whoever sends nothing.
import { generateKeyPairSync } from "node:crypto";
import { decodeJwt } from "jose";
import { expect, test } from "vitest";
import { HOUR } from "../../shared/clock.ts";
import { createClients } from "../../shared/senders/clients.ts";
import { readSettings } from "../../shared/settings/settings.ts";
import { answerJson, settableClock, startPeer } from "../altinn/peer.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = JSON.stringify({ ...privateKey.export({ format: "jwk" }), kid: "key-1" });

/** Maskinporten and Altinn's exchange: what was asked for, and by whom. */
async function setUp(senders: readonly object[]) {
  const clock = { ...settableClock(), scale: 1 };
  const asked: string[] = [];
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const peer = await startPeer((request, response) => {
    if (request.path.endsWith("/oauth-authorization-server")) {
      asked.push("metadata");
      answerJson(response, 200, { token_endpoint: `${peer.url}/token` });
    } else if (request.path === "/token") {
      const { iss, consumer_org } = decodeJwt(new URLSearchParams(String(request.body)).get("assertion") ?? "");
      asked.push(`${iss} ${String(consumer_org ?? "itself")}`);
      answerJson(response, 200, { access_token: `for-${String(consumer_org ?? iss)}`, expires_in: 120 });
    } else {
      const name = String(request.headers.authorization).replace("Bearer for-", "");
      const exp = Math.floor(clock.now() / 1000) + 1_800;
      response.writeHead(200).end(`${part({ alg: "none" })}.${part({ exp, name })}.c2ln`);
    }
  });
  const read = readSettings({
    CORRESPONDENCE_STORAGE: "UseDevelopmentStorage=true",
    ALTINN_RESOURCES: "letters",
    ALTINN_ENVIRONMENT: "tt02",
    ALTINN_SUBSCRIPTION_KEY: "key",
    ALTINN_PLATFORM_URL: peer.url,
    MASKINPORTEN_ISSUER: peer.url,
    MASKINPORTEN_CLIENT_ID: "supplier",
    MASKINPORTEN_JWK: jwk,
    SENDERS: JSON.stringify(senders),
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const clientOf = createClients(read.settings, clock);
  const tokenOf = async (name: string | undefined) => {
    const answer = await clientOf(read.settings.senders.find((sender) => sender.name === name)).tokens.get();
    return answer.ok ? decodeJwt(answer.token).name : answer.failure;
  };
  return { clock, asked, tokenOf, [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() };
}

const customer = (index: number) => ({
  name: `sender-${index}`,
  resources: [`letters-${index}`],
  consumerOrg: String(310_000_000 + index),
});

test("each has a token of its own, fetched once for all who ask at once; the address is asked for once for all senders", async () => {
  await using world = await setUp([customer(1), { ...customer(2), clientId: "twos" }, customer(3)]);
  const tokens = await Promise.all(["sender-1", "sender-2", "sender-1", "sender-2"].map(world.tokenOf));
  expect(tokens).toEqual(["310000001", "310000002", "310000001", "310000002"]);
  // Both asked at once; later ones know it.
  expect(world.asked.filter((call) => call !== "metadata").sort()).toEqual(["supplier 310000001", "twos 310000002"]);
  const before = world.asked.filter((call) => call === "metadata").length;
  expect(await world.tokenOf("sender-3")).toBe("310000003");
  expect(world.asked.filter((call) => call === "metadata")).toHaveLength(before);
  expect(await world.tokenOf(undefined)).toBe("supplier");
});

test("whoever sends nothing costs nothing, and what was not used for an hour is made anew", async () => {
  await using world = await setUp([customer(1), customer(2)]);
  await world.tokenOf("sender-1");
  await world.tokenOf("sender-2");
  for (let round = 0; round < 4; round++) {
    world.clock.advance(HOUR / 2);
    await world.tokenOf("sender-1");
  }
  const of2 = () => world.asked.filter((call) => call === "supplier 310000002").length;
  expect(of2()).toBe(1);
  await world.tokenOf("sender-2");
  expect(of2()).toBe(2);
});
