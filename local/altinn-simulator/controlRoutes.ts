// The control over HTTP: `/_control`.

import { z } from "zod";
import { type Answer, emptyAnswer, jsonAnswer } from "./answer.ts";
import type { Control } from "./control.ts";
import { faultSchema } from "./faults.ts";
import { incomingSchema } from "./incoming.ts";
import { type Call, type Route, route } from "./route.ts";
import { actions, eventRuleSchema } from "./state.ts";

const jwk = z.looseObject({ kty: z.string() });
const schemas = {
  clock: z.object({ advanceMs: z.number().nonnegative().default(0) }),
  action: z.object({
    at: z.union([z.number(), z.iso.datetime({ offset: true })]).optional(),
    statusText: z.string().optional(),
  }),
  /** Without a recipient: what all others do. */
  rule: z.object({
    recipient: z.string().optional(),
    rule: z.string(),
    letters: z.number().int().positive().optional(),
  }),
  client: z.object({
    clientId: z.string(),
    keys: z.array(jwk).optional(),
    jwkBase64: z.string().optional(),
    scopes: z.array(z.string()).optional(),
  }),
  release: z.object({ order: z.enum(["given", "reversed"]).default("given") }),
  key: z.object({ idempotentKey: z.string() }),
};

/** The routes of the control. */
export function controlRoutes(control: Control, counts: () => Record<string, number>): Route[] {
  return [
    taking("POST", "/_control/faults", faultSchema, (fault) => jsonAnswer(201, { id: control.fault(fault) })),
    route("GET", "/_control/faults", () => jsonAnswer(200, control.faults())),
    route("DELETE", "/_control/faults/{id}", ({ params }) => done(() => control.removeFault(params.id ?? ""))),
    route("DELETE", "/_control/faults", () => done(() => control.clearFaults())),
    route("GET", "/_control/calls", () => jsonAnswer(200, { counts: counts(), calls: control.calls() })),
    route("GET", "/_control/calls/counts", () => jsonAnswer(200, counts())),
    route("DELETE", "/_control/calls", () => done(() => control.clearCalls())),
    route("GET", "/_control/correspondences", () => jsonAnswer(200, control.correspondences())),
    route("GET", "/_control/received", () => jsonAnswer(200, control.received())),
    route("GET", "/_control/attachments", () => jsonAnswer(200, control.attachments())),
    route("GET", "/_control/events", () => jsonAnswer(200, control.events())),
    route("GET", "/_control/deliveries", () => jsonAnswer(200, control.deliveries())),
    route("GET", "/_control/clock", () => jsonAnswer(200, { now: new Date(control.now()).toISOString() })),
    route("GET", "/_control/event-rules", () => jsonAnswer(200, control.eventRules())),
    route("DELETE", "/_control/event-rules", () => done(() => control.clearEventRules())),
    route("DELETE", "/_control/tokens", () => done(() => control.revokeTokens())),
    taking("POST", "/_control/clock", schemas.clock, async ({ advanceMs }) => {
      await control.advance(advanceMs);
      return jsonAnswer(200, { now: new Date(control.now()).toISOString() });
    }),
    taking("POST", "/_control/event-rules", eventRuleSchema, (rule) => done(() => control.addEventRule(rule))),
    taking("POST", "/_control/events/release", schemas.release, async ({ order }) => {
      await control.releaseEvents(order);
      return emptyAnswer(204);
    }),
    taking("POST", "/_control/rules", schemas.rule, (rule) => setRule(control, rule)),
    route("GET", "/_control/rules", () => jsonAnswer(200, control.lifeRules())),
    route("DELETE", "/_control/rules/{recipient}", ({ params }) =>
      done(() => control.removeLifeRule(params.recipient ?? "")),
    ),
    taking("POST", "/_control/clients", schemas.client, (client) => registerClient(control, client)),
    taking("POST", "/_control/keys", schemas.key, ({ idempotentKey }) =>
      jsonAnswer(201, { correspondenceId: control.takeKey(idempotentKey) }),
    ),
    taking("POST", "/_control/incoming", incomingSchema, (incoming) =>
      jsonAnswer(201, { correspondenceId: control.sendToOwner(incoming) }),
    ),
    taking("POST", "/_control/correspondences/{id}/{action}", schemas.action, (options, call) =>
      actOn(control, call.params, options),
    ),
  ];
}

/** A route that takes JSON of this form; nothing counts as an empty object. */
function taking<T>(
  method: string,
  path: string,
  schema: z.ZodType<T>,
  work: (body: T, call: Call) => Answer | Promise<Answer>,
): Route {
  return route(method, path, async (call) => {
    const text = (await call.readText()).trim();
    const body = parseJson(text === "" ? "{}" : text);
    if (body === undefined) return jsonAnswer(400, { error: "the body is not JSON" });
    const parsed = schema.safeParse(body);
    return parsed.success ? work(parsed.data, call) : jsonAnswer(400, { error: z.prettifyError(parsed.error) });
  });
}

function done(work: () => void): Answer {
  work();
  return emptyAnswer(204);
}

function setRule(control: Control, { recipient, rule, letters }: z.infer<typeof schemas.rule>): Answer {
  try {
    if (recipient === undefined) control.setDefaultLifeRule(rule);
    else control.setLifeRule(recipient, rule, letters);
    return emptyAnswer(204);
  } catch (error) {
    return jsonAnswer(400, { error: error instanceof Error ? error.message : "not a rule" });
  }
}

function registerClient(control: Control, client: z.infer<typeof schemas.client>): Answer {
  const { clientId, jwkBase64, scopes } = client;
  const coded = jwkBase64 === undefined ? [] : [Buffer.from(jwkBase64, "base64").toString("utf8")];
  const decoded = z.array(jwk).safeParse(coded.map((text) => parseJson(text)));
  if (!decoded.success) return jsonAnswer(400, { error: "jwkBase64 is no base64 coded JWK" });
  const keys = [...(client.keys ?? []), ...decoded.data];
  if (keys.length === 0) return jsonAnswer(400, { error: "a client needs a key" });
  control.registerClient({ clientId, keys, ...(scopes === undefined ? {} : { scopes }) });
  return emptyAnswer(204);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function actOn(
  control: Control,
  params: Readonly<Record<string, string>>,
  options: z.infer<typeof schemas.action>,
): Promise<Answer> {
  const action = actions.find((name) => name.toLowerCase() === params.action?.toLowerCase());
  if (action === undefined) return jsonAnswer(404, { error: `actions are: ${actions.join(", ")}` });
  const { at, statusText } = options;
  if (params.id === undefined || !control.exists(params.id)) {
    return jsonAnswer(404, { error: "no such correspondence" });
  }
  await control.act(params.id, action, {
    ...(at === undefined ? {} : { at: new Date(at).getTime() }),
    ...(statusText === undefined ? {} : { statusText }),
  });
  return emptyAnswer(204);
}
