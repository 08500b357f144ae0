// The routes of Maskinporten and of the Altinn platform.

import { isSameSecret } from "../sameSecret.ts";
import { type Answer, codedError, emptyAnswer, jsonAnswer, modelFailure } from "./answer.ts";
import * as attachments from "./attachments.ts";
import { initializeByForm, initializeByJson } from "./letters.ts";
import { purge } from "./life.ts";
import { listCorrespondences } from "./lists.ts";
import { grantToken, type Maskinporten, metadata } from "./maskinporten.ts";
import { isUuid } from "./model/values.ts";
import { receiveForm } from "./multipart.ts";
import { receiveFile } from "./receivedFile.ts";
import type { Call, Route } from "./route.ts";
import type { Correspondence } from "./state.ts";
import { hasBeen, isPurged } from "./statuses.ts";
import * as subscriptions from "./subscriptions.ts";
import { bearerToken, issueToken, readToken } from "./tokens.ts";
import { details, overview } from "./views.ts";
import type { World } from "./world.ts";

/** What the routes need beside the world. */
export interface Platform {
  readonly world: World;
  readonly maskinporten: Maskinporten;
  readonly tokenLifetime: number;
  readonly tokenInQuotes: boolean;
  readonly subscriptionKey: string | undefined;
}

const write = "altinn:correspondence.write";
const read = "altinn:correspondence.read";

/** All routes of Maskinporten and Altinn. */
export function altinnRoutes(platform: Platform): Route[] {
  return [...tokenRoutes(platform), ...letterRoutes(platform), ...attachmentRoutes(platform), ...eventRoutes(platform)];
}

function tokenRoutes({ world, maskinporten, tokenLifetime, tokenInQuotes, subscriptionKey }: Platform): Route[] {
  const wellKnown = "/maskinporten/.well-known/oauth-authorization-server";
  return [
    { method: "GET", name: wellKnown, path: wellKnown, handle: async () => metadata(maskinporten.issuer) },
    {
      method: "POST",
      name: "/maskinporten/token",
      path: "/maskinporten/token",
      handle: async (call) => grantToken(maskinporten, new URLSearchParams(await call.readText())),
    },
    {
      method: "GET",
      name: "/authentication/api/v1/exchange/maskinporten",
      path: "/authentication/api/v1/exchange/maskinporten",
      handle: async (call) => {
        if (!hasSubscriptionKey(call, subscriptionKey)) return emptyAnswer(401);
        const token = bearerToken(call.headers.authorization) ?? "";
        const claims = await readToken(world.state.secret, "maskinporten", token, world.now());
        if (claims === undefined) return emptyAnswer(401);
        const issuer = `${world.options.platformUrl}/authentication/api/v1/openid/`;
        const issued = { ...claims, issuer, owner: world.options.owner };
        const altinn = await issueToken(world.state.secret, "altinn", issued, world.now(), tokenLifetime);
        return tokenInQuotes
          ? jsonAnswer(200, altinn)
          : { status: 200, body: altinn, contentType: "text/plain; charset=utf-8" };
      },
    },
  ];
}

function letterRoutes(platform: Platform): Route[] {
  const { world } = platform;
  const on = (method: string, name: string, scopes: readonly string[], handle: (call: Call) => Promise<Answer>) =>
    guarded(platform, method, name, `/correspondence/api/v1${name}`, scopes, handle);
  const withLetter = (handle: (letter: Correspondence) => Answer) => async (call: Call) => {
    const { id = "" } = call.params;
    if (!isUuid(id)) return modelFailure({ correspondenceId: [`The value '${id}' is not valid.`] });
    const letter = world.correspondences.get(id.toLowerCase());
    if (letter === undefined) return codedError(1001);
    return letter.owner === world.options.owner ? handle(letter) : codedError(4001);
  };
  return [
    on("POST", "/correspondence", [write], async (call) => {
      if (!/^application\/(?:[\w.-]+\+)?json\b/iu.test(call.headers["content-type"] ?? "")) return emptyAnswer(415);
      return initializeByJson(world, await call.readText());
    }),
    on("POST", "/correspondence/upload", [write], async (call) => {
      if (!/^multipart\/form-data\b/iu.test(call.headers["content-type"] ?? "")) return emptyAnswer(415);
      const form = await receiveForm(call.request);
      return form === null ? modelFailure({ "": ["Failed to read the request form."] }) : initializeByForm(world, form);
    }),
    on("GET", "/correspondence", [read, write], async (call) => listCorrespondences(world, call.query)),
    on(
      "GET",
      "/correspondence/{id}",
      [read, write],
      withLetter((letter) => (isPurged(letter.statuses) ? codedError(1001) : jsonAnswer(200, overview(world, letter)))),
    ),
    on(
      "GET",
      "/correspondence/{id}/details",
      [read, write],
      withLetter((letter) => jsonAnswer(200, details(world, letter))),
    ),
    on(
      "DELETE",
      "/correspondence/{id}/purge",
      [write],
      withLetter((letter) => purgeBySender(world, letter)),
    ),
  ];
}

function purgeBySender(world: World, letter: Correspondence): Answer {
  if (isPurged(letter.statuses)) return codedError(1014);
  if (hasBeen(letter.statuses, "Published")) return codedError(1013);
  if (letter.isTransmission) return codedError(1043);
  purge(world, world.now(), letter, "PurgedByAltinn");
  return jsonAnswer(200, letter.id);
}

function attachmentRoutes(platform: Platform): Route[] {
  const { world } = platform;
  const on = (method: string, name: string, scopes: readonly string[], handle: (call: Call) => Promise<Answer>) =>
    guarded(platform, method, name, `/correspondence/api/v1${name}`, scopes, handle);
  const idOf = (call: Call): string => (call.params.id ?? "").toLowerCase();
  return [
    on("POST", "/attachment", [write], async (call) => attachments.initializeAttachment(world, await call.readText())),
    on("POST", "/attachment/{id}/upload", [write], async (call) => {
      const id = idOf(call);
      const refusal = attachments.uploadRefusal(world, id, Number(call.headers["content-length"] ?? 0));
      if (refusal !== undefined) return refusal;
      return attachments.uploadAttachment(world, id, await receiveFile("", call.request));
    }),
    on("GET", "/attachment/{id}", [read, write], async (call) => attachments.showAttachment(world, idOf(call))),
    on("DELETE", "/attachment/{id}", [write], async (call) => attachments.purgeAttachment(world, idOf(call))),
  ];
}

function eventRoutes(platform: Platform): Route[] {
  const { world } = platform;
  const base = "/events/api/v1/subscriptions";
  const on = (method: string, path: string, handle: (call: Call) => Promise<Answer>) =>
    guarded(platform, method, path, path, ["altinn:events.subscribe"], handle);
  return [
    on("POST", base, async (call) => subscriptions.subscribe(world, await call.readText())),
    on("GET", base, async () => subscriptions.listSubscriptions(world)),
    on("GET", `${base}/{id}`, async (call) => subscriptions.showSubscription(world, call.params.id ?? "")),
    on("DELETE", `${base}/{id}`, async (call) => subscriptions.unsubscribe(world, call.params.id ?? "")),
  ];
}

/** The gateway and the token check: 401 and 403 without a body. */
function guarded(
  platform: Platform,
  method: string,
  name: string,
  path: string,
  scopes: readonly string[],
  handle: (call: Call) => Promise<Answer>,
): Route {
  const { world } = platform;
  return {
    method,
    name,
    path,
    handle: async (call) => {
      if (!hasSubscriptionKey(call, platform.subscriptionKey)) return emptyAnswer(401);
      const token = bearerToken(call.headers.authorization) ?? "";
      const claims = await readToken(world.state.secret, "altinn", token, world.now());
      if (claims === undefined) return emptyAnswer(401);
      if (!scopes.some((scope) => claims.scopes.includes(scope))) return emptyAnswer(403);
      if (call.headers.accept?.trim().toLowerCase() === "application/problem+json") return emptyAnswer(406);
      return await handle(call);
    },
  };
}

function hasSubscriptionKey(call: Call, wanted: string | undefined): boolean {
  const given = call.headers["ocp-apim-subscription-key"];
  return wanted === undefined || (typeof given === "string" && isSameSecret(given, wanted));
}
