// A stand-in of the endpoint that gives an App Service its managed identity's tokens (api-version 2019-08-01): the app
// signs in here exactly as it does in Azure. The tokens are such as Azurite takes; nobody checks their signature.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { SignJWT } from "jose";
import { portOf } from "../altinn/peer.ts";

export interface ManagedIdentity extends AsyncDisposable {
  /** What Azure puts into the environment of an app that has an identity. */
  readonly environment: Readonly<Record<"IDENTITY_ENDPOINT" | "IDENTITY_HEADER", string>>;
  /** What tokens were asked for: the resource, and the identity's client id where one was named. */
  readonly asked: readonly { readonly resource: string; readonly clientId: string | null }[];
}

/** Starts the stand-in on 127.0.0.1. */
export async function startManagedIdentity(): Promise<ManagedIdentity> {
  const secret = randomUUID();
  const asked: { resource: string; clientId: string | null }[] = [];
  const server = createServer(async (request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    const resource = searchParams.get("resource") ?? "";
    if (request.headers["x-identity-header"] !== secret || searchParams.get("api-version") !== "2019-08-01") {
      response.writeHead(401).end();
      return;
    }
    asked.push({ resource, clientId: searchParams.get("client_id") });
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: "HS256" })
      .setIssuer("https://sts.windows.net/tenant/")
      .setAudience(resource)
      .setIssuedAt()
      .setNotBefore("0 s")
      .setExpirationTime("1 day")
      .sign(Buffer.from(secret));
    const expires_on = String(Math.floor(Date.now() / 1000) + 86_400);
    const answer = { access_token: token, expires_on, resource, token_type: "Bearer" };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    environment: {
      IDENTITY_ENDPOINT: `http://127.0.0.1:${portOf(server.address())}/msi/token`,
      IDENTITY_HEADER: secret,
    },
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
