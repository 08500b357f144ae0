// The routes of Maskinporten and of the Altinn platform.

import { isSameSecret } from "../sameSecret.ts";
import { type Answer, codedError, emptyAnswer, jsonAnswer, modelFailure } from "./answer.ts";
import * as attachments from "./attachments.ts";
import type { KeptFiles } from "./keptFiles.ts";
import { initializeByForm, initializeByJson } from "./letters.ts";
import { listCorrespondences } from "./lists.ts";
import { grantToken, type Maskinporten, metadata } from "./maskinporten.ts";
import { receiveForm } from "./multipart.ts";
import { purgeBySender, showDetails, showOverview } from "./ownLetters.ts";
import { receiveFile } from "./receivedFile.ts";
import { confirm, download, markAsRead, purgeByRecipient, showToRecipient } from "./recipientLetters.ts";
import { type Call, type Handle, type Route, route } from "./route.ts";
import * as subscriptions from "./subscriptions.ts";
import { bearerToken, issueToken, readToken } from "./tokens.ts";
import { type World, worldOf } from "./world.ts";

/** What the routes need beside the world. */
export interface Platform {
  readonly world: World;
  readonly maskinporten: Maskinporten;
  readonly tokenLifetime: number;
  readonly tokenInQuotes: boolean;
  readonly subscriptionKey: string | undefined;
  /** Where the bytes of attachments go; undefined: nowhere. */
  readonly kept: KeptFiles | undefined;
}

const write = "altinn:correspondence.write";
const read = "altinn:correspondence.read";

/** All routes of Maskinporten and Altinn. */
export function altinnRoutes(platform: Platform): Route[] {
  return [...tokenRoutes(platform), ...letterRoutes(platform), ...attachmentRoutes(platform), ...eventRoutes(platform)];
}

function tokenRoutes({ world, maskinporten, tokenLifetime, tokenInQuotes, subscriptionKey }: Platform): Route[] {
  return [
    route("GET", "/maskinporten/.well-known/oauth-authorization-server", () => metadata(maskinporten.issuer)),
    route("POST", "/maskinporten/token", async (call) =>
      grantToken(maskinporten, new URLSearchParams(await call.readText())),
    ),
    route("GET", "/authentication/api/v1/exchange/maskinporten", async (call) => {
      if (!hasSubscriptionKey(call, subscriptionKey)) return emptyAnswer(401);
      const token = bearerToken(call.headers.authorization) ?? "";
      const claims = await readToken(world.state.secret, "maskinporten", token, world.now());
      if (claims === undefined) return emptyAnswer(401);
      const issuer = `${world.options.platformUrl}/authentication/api/v1/openid/`;
      const issued = { ...claims, issuer };
      const altinn = await issueToken(world.state.secret, "altinn", issued, world.now(), tokenLifetime);
      return tokenInQuotes
        ? jsonAnswer(200, altinn)
        : { status: 200, body: altinn, contentType: "text/plain; charset=utf-8" };
    }),
  ];
}

function letterRoutes(platform: Platform): Route[] {
  const asCaller = worldsOf(platform);
  const [reads, writes] = [guard(platform, [read, write]), guard(platform, [write])];
  const base = "/correspondence/api/v1/correspondence";
  const about = (answer: (world: World, id: string) => Answer) => (call: Call) =>
    answer(asCaller(call), call.params.id ?? "");
  const list = (call: Call) => listCorrespondences(asCaller(call), call.query);
  const takeFile = (call: Call) =>
    download(asCaller(call), call.params.id ?? "", call.params.attachmentId ?? "", platform.kept);
  // What only recipients do.
  const refuse = () => codedError(4001);
  const initialize = async (call: Call) => {
    if (!/^application\/(?:[\w.-]+\+)?json\b/iu.test(call.headers["content-type"] ?? "")) return emptyAnswer(415);
    return initializeByJson(asCaller(call), await call.readText());
  };
  const upload = async (call: Call) => {
    if (!/^multipart\/form-data\b/iu.test(call.headers["content-type"] ?? "")) return emptyAnswer(415);
    const form = await receiveForm(call.request, platform.kept);
    return form === null
      ? modelFailure({ "": ["Failed to read the request form."] })
      : initializeByForm(asCaller(call), form);
  };
  return [
    route("POST", base, writes(initialize)),
    route("POST", `${base}/upload`, writes(upload)),
    route("GET", base, reads(list)),
    route("GET", `${base}/{id}`, reads(about(showOverview), about(showToRecipient))),
    route("GET", `${base}/{id}/details`, reads(about(showDetails))),
    route("DELETE", `${base}/{id}/purge`, reads(about(purgeBySender), about(purgeByRecipient))),
    route("POST", `${base}/{id}/markasread`, reads(refuse, about(markAsRead))),
    route("POST", `${base}/{id}/confirm`, reads(refuse, about(confirm))),
    route("GET", `${base}/{id}/attachment/{attachmentId}/download`, reads(refuse, takeFile)),
  ];
}

function attachmentRoutes(platform: Platform): Route[] {
  const asCaller = worldsOf(platform);
  const [reads, writes] = [guard(platform, [read, write]), guard(platform, [write])];
  const base = "/correspondence/api/v1/attachment";
  const idOf = (call: Call): string => (call.params.id ?? "").toLowerCase();
  const upload = async (call: Call) => {
    const id = idOf(call);
    const world = asCaller(call);
    const refusal = attachments.uploadRefusal(world, id, Number(call.headers["content-length"] ?? 0));
    return refusal ?? attachments.uploadAttachment(world, id, await receiveFile("", call.request, platform.kept));
  };
  const initialize = async (call: Call) => attachments.initializeAttachment(asCaller(call), await call.readText());
  const show = (call: Call) => attachments.showAttachment(asCaller(call), idOf(call));
  const purgeIt = (call: Call) => attachments.purgeAttachment(asCaller(call), idOf(call));
  return [
    route("POST", base, writes(initialize)),
    route("POST", `${base}/{id}/upload`, writes(upload)),
    route("GET", `${base}/{id}`, reads(show)),
    route("DELETE", `${base}/{id}`, writes(purgeIt)),
  ];
}

function eventRoutes(platform: Platform): Route[] {
  const { world } = platform;
  const base = "/events/api/v1/subscriptions";
  const subscribes = guard(platform, ["altinn:events.subscribe"]);
  const subscribe = async (call: Call) => subscriptions.subscribe(world, await call.readText());
  const list = () => subscriptions.listSubscriptions(world);
  const show = (call: Call) => subscriptions.showSubscription(world, call.params.id ?? "");
  const unsubscribe = (call: Call) => subscriptions.unsubscribe(world, call.params.id ?? "");
  return [
    route("POST", base, subscribes(subscribe)),
    route("GET", base, subscribes(list)),
    route("GET", `${base}/{id}`, subscribes(show)),
    route("DELETE", `${base}/{id}`, subscribes(unsubscribe)),
  ];
}

/** The world as whoever makes a call sees it. */
function worldsOf({ world }: Platform): (call: Call) => World {
  return ({ owner = world.options.owner }) => worldOf(world, owner);
}

/**
 * The gateway and the token check, for a token with one of the scopes: 401 and 403 without a body. Whose token may not write
 * counts as a recipient, for whom other things may be done.
 */
function guard({ world, subscriptionKey }: Platform, scopes: readonly string[]) {
  return (handle: Handle, byRecipient: Handle = handle) =>
    async (call: Call) => {
      if (!hasSubscriptionKey(call, subscriptionKey)) return emptyAnswer(401);
      const token = bearerToken(call.headers.authorization) ?? "";
      const claims = await readToken(world.state.secret, "altinn", token, world.now());
      if (claims === undefined) return emptyAnswer(401);
      if (!scopes.some((scope) => claims.scopes.includes(scope))) return emptyAnswer(403);
      if (call.headers.accept?.trim().toLowerCase() === "application/problem+json") return emptyAnswer(406);
      const asked = { ...call, owner: claims.owner };
      return claims.scopes.includes(write) ? handle(asked) : byRecipient(asked);
    };
}

function hasSubscriptionKey(call: Call, wanted: string | undefined): boolean {
  const given = call.headers["ocp-apim-subscription-key"];
  return wanted === undefined || (typeof given === "string" && isSameSecret(given, wanted));
}
