// The app itself, from outside: whether its webhook answers, keeps those out who have no key, and what its health says.
import { z } from "zod";
import { HAVE_SECRETS_READ } from "../../../shared/settings/keyVaultReference.ts";
import type { Webhook } from "../subscriptionPlan.ts";
import { type Finding, failed, ok, skipped, warning } from "./finding.ts";

const TIMEOUT_MS = 30_000;

/** An answer, as far as it is looked at; undefined: there was none. */
export type SeenAnswer = { readonly status: number; readonly json?: unknown } | undefined;

/** Calls the webhook without a key, and health with it. Sends no event. */
export async function checkWebhook(webhook: (Pick<Webhook, "app"> & Partial<Webhook>) | undefined): Promise<Finding[]> {
  if (webhook === undefined) {
    return [skipped("webhook", "no app is named (--app)"), skipped("health", "no app is named (--app)")];
  }
  const { app, key } = webhook;
  const pushed = await call(new URL("/api/altinn-events", app), { method: "POST" });
  const health =
    key === undefined
      ? skipped("health", "there is no function key (ALTINN_WEBHOOK_KEY)")
      : healthFinding(await call(new URL("/api/health", app), { headers: { "x-functions-key": key } }));
  return [webhookFinding(pushed), health];
}

async function call(url: URL, init: RequestInit): Promise<SeenAnswer> {
  try {
    const response = await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: response.status, json: await response.json().catch(() => undefined) };
  } catch {
    return undefined;
  }
}

/** What the webhook's answer to a push without a key says. Pure. */
export function webhookFinding(answer: SeenAnswer): Finding {
  const check = "webhook";
  if (answer === undefined) {
    return failed(check, "does not answer", "Is the address right, the app running, and open to Altinn's address?");
  }
  if (answer.status === 401) return ok(check, "answers, and asks for its key");
  if (answer.status === 403) {
    return warning(
      check,
      "answers 403: the network keeps this machine out",
      "That is right if Altinn's addresses are let in (docs/events.md).",
    );
  }
  if (answer.status === 404) {
    return failed(
      check,
      "is not there (404)",
      `The app runs without functions: its log names settings that are missing or wrong. A new secret is read by: ${HAVE_SECRETS_READ}`,
    );
  }
  if (answer.status >= 500)
    return failed(check, `fails (${answer.status})`, "The app does not start: look at its log.");
  return failed(
    check,
    `answers ${answer.status} to somebody without a key`,
    "Whoever can reach it can make events up: set authLevel function again.",
  );
}

const healthSchema = z.object({
  healthy: z.boolean(),
  storage: z.string(),
  token: z.string(),
  altinn: z.string(),
  sending: z.string(),
  // An app of a version before says nothing of them.
  events: z.string().default("ok"),
});

/** What the app says of itself. Pure. */
export function healthFinding(answer: SeenAnswer): Finding {
  const check = "health";
  if (answer === undefined) return failed(check, "does not answer", "Is the app running?");
  if (answer.status === 401) return failed(check, "the key is not the app's (401)", "Check ALTINN_WEBHOOK_KEY.");
  const parsed = healthSchema.safeParse(answer.json);
  if (!parsed.success)
    return failed(check, `answers ${answer.status}, and nothing of health`, "Is this the app's address?");
  const { healthy, ...parts } = parsed.data;
  const wrong = Object.entries(parts).filter(([, what]) => what !== "ok");
  const what = wrong.map(([name, found]) => `${name}: ${found}`).join("; ");
  if (!healthy)
    return failed(check, what, "What fails for the app, and not for you, is its own: identity, network, settings.");
  return wrong.length === 0
    ? ok(check, "the app says that it is well")
    : warning(
        check,
        what,
        parts.sending === "ok" ? "npm run altinn -- subscriptions verify" : "npm run brake -- status",
      );
}
