// Whether the app can do its work: storage, token and Altinn, each asked for real.
import type { AccessTokens } from "./altinn/accessToken.ts";
import type { CorrespondenceApi } from "./altinn/correspondenceApi.ts";
import type { Deployment } from "./sending/context.ts";
import type { JsonBlobs } from "./storage/jsonBlobs.ts";
import { QUEUES } from "./storage/names.ts";
import type { Queues } from "./storage/queues.ts";

export interface HealthContext {
  readonly state: JsonBlobs;
  readonly queues: Queues;
  readonly deployment: () => Promise<Deployment>;
  readonly tokens: AccessTokens;
  readonly altinn: CorrespondenceApi;
  readonly resources: ReadonlySet<string>;
}

/** `ok`, or what fails, for people; without a secret or an address. */
export type Finding = "ok" | string;

export interface Health {
  readonly healthy: boolean;
  readonly storage: Finding;
  readonly token: Finding;
  readonly altinn: Finding;
}

/** A key that no letter has: looking it up costs Altinn little, and needs everything that sending needs. */
const NO_LETTERS_KEY = "00000000-0000-4000-8000-000000000000";

/** Asks storage, Maskinporten and Altinn. Never throws. */
export async function checkHealth(context: HealthContext): Promise<Health> {
  const [storage, token] = await Promise.all([checkStorage(context), checkToken(context)]);
  const altinn = token === "ok" ? await checkAltinn(context) : "not asked: there is no token to ask with";
  return { healthy: storage === "ok" && token === "ok" && altinn === "ok", storage, token, altinn };
}

async function checkStorage({ state, queues, deployment }: HealthContext): Promise<Finding> {
  try {
    await Promise.all([
      state.read("marker.json"),
      queues.isEmpty(QUEUES.requests),
      queues.isEmpty(QUEUES.announcements),
    ]);
    await deployment();
    return "ok";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
    const name = error instanceof Error ? error.name : "Error";
    return name === "MarkerMissing" && error instanceof Error ? error.message : `fails with ${code ?? name}`;
  }
}

async function checkToken({ tokens }: HealthContext): Promise<Finding> {
  const answer = await tokens.get();
  if (answer.ok) return "ok";
  const { call, status, oauthError } = answer.failure;
  return [`${call} fails`, status, oauthError].filter((part) => part !== undefined).join(", ");
}

async function checkAltinn({ altinn, resources }: HealthContext): Promise<Finding> {
  const [resourceId = ""] = resources;
  const answer = await altinn.findByIdempotentKey(resourceId, NO_LETTERS_KEY);
  if (answer.kind !== "failed") return "ok";
  return [`${answer.call} fails`, answer.cause, answer.status, answer.errorCode]
    .filter((part) => part !== undefined)
    .join(", ");
}
