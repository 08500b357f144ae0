// The subscriptions API of Altinn Events: which events are pushed to which address.
import * as z from "zod";
import { type Authorization, callAuthorized } from "./authorizedCall.ts";
import { withoutTrailingSlash } from "./environments.ts";
import { type Answer, type CallFailure, statusFailure, unreadable } from "./httpCall.ts";

/** The scope that a token needs for it, beside `altinn:serviceowner`. */
export const EVENTS_SCOPE = "altinn:events.subscribe";

const filter = z.string().nullish();

const subscription = z.object({
  id: z.number(),
  /** With the function key in its query: a secret. */
  endPoint: z.string(),
  resourceFilter: filter,
  subjectFilter: filter,
  typeFilter: filter,
  sourceFilter: filter,
  /** Whether the endpoint has answered Altinn's validation event. Nothing is pushed before. */
  validated: z.boolean().default(false),
});

/** A subscription as Altinn has it. */
export type Subscription = z.output<typeof subscription>;

/** The calls. Failures are values, and never say what was sent. */
export interface EventsApi {
  list(): Promise<{ readonly kind: "listed"; readonly subscriptions: readonly Subscription[] } | CallFailure>;
  /**
   * Asks for everything about a resource to be pushed to an endpoint; as a recipient, for what is about one's own
   * organisation. Altinn validates it soon after.
   */
  create(
    resourceId: string,
    endPoint: string,
    organisation?: string,
  ): Promise<{ readonly kind: "created"; readonly subscription: Subscription } | CallFailure>;
  remove(id: number): Promise<{ readonly kind: "removed" | "gone" } | CallFailure>;
}

/** What the API is called with. */
export interface EventsApiOptions extends Authorization {
  readonly platformUrl: string;
}

/** For each call. */
const TIMEOUT_MS = 30_000;

/** The API of one environment. Makes no call yet. */
export function createEventsApi(options: EventsApiOptions): EventsApi {
  const name = "/events/api/v1/subscriptions";
  const url = `${withoutTrailingSlash(options.platformUrl)}${name}`;
  const call = (method: "GET" | "POST" | "DELETE", path = "", body?: object) =>
    callAuthorized(options, () => ({
      name: `${method} ${name}${path === "" ? "" : "/{id}"}`,
      method,
      url: url + path,
      timeoutMs: TIMEOUT_MS,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    }));

  return {
    async list() {
      const read = readAs(z.object({ subscriptions: z.array(subscription) }), await call("GET"));
      return "failed" in read ? read.failed : { kind: "listed", subscriptions: read.value.subscriptions };
    },
    async create(resourceId, endPoint, organisation) {
      const subject = organisation === undefined ? {} : { subjectFilter: subjectFilterOf(organisation) };
      const wanted = { endPoint, resourceFilter: resourceFilterOf(resourceId), ...subject };
      const read = readAs(subscription, await call("POST", "", wanted));
      return "failed" in read ? read.failed : { kind: "created", subscription: read.value };
    },
    async remove(id) {
      const answer = await call("DELETE", `/${id}`);
      if (answer.kind === "failed") return answer;
      if (answer.status === 404) return { kind: "gone" };
      return isSuccess(answer) ? { kind: "removed" } : statusFailure(answer);
    },
  };
}

/** The filter that matches everything about a resource. */
export function resourceFilterOf(resourceId: string): string {
  return `urn:altinn:resource:${resourceId}`;
}

/** The filter that matches what is about an organisation. */
export function subjectFilterOf(organisation: string): string {
  return `urn:altinn:organization:identifier-no:${organisation}`;
}

function readAs<T>(
  model: z.ZodType<T>,
  answer: Answer | CallFailure,
): { readonly value: T } | { readonly failed: CallFailure } {
  if (answer.kind === "failed") return { failed: answer };
  if (!isSuccess(answer)) return { failed: statusFailure(answer) };
  const parsed = model.safeParse(answer.json);
  return parsed.success ? { value: parsed.data } : { failed: unreadable(answer) };
}

function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}
