// `/api/dashboard`: the page for people who run the app, what it asks for, and what it has done. It has no key: whoever
// may see it is told by where the app runs, or by the platform's authentication.
import { readFile } from "node:fs/promises";
import { app, type HttpRequest, type HttpResponseInit } from "@azure/functions";
import type { App } from "../shared/app.ts";
import { type Access, accessOf, isFromPage, placeOf } from "../shared/dashboard/access.ts";
import type { AnswerPage } from "./dashboardAnswers.ts";
import { invoke } from "./invocation.ts";
import { answerQuestion, problem } from "./question.ts";

/** The page's files, beside the bundle. */
const FILES: ReadonlyMap<string, { readonly name: string; readonly type: string }> = new Map([
  ["", { name: "index.html", type: "text/html; charset=utf-8" }],
  ["page.css", { name: "page.css", type: "text/css; charset=utf-8" }],
  ["page.js", { name: "page.js", type: "text/javascript; charset=utf-8" }],
]);
const FOLDER = new URL("./pages/dashboard/", import.meta.url);

/** On every answer: nothing from elsewhere, in no frame, and nothing of it told to others. */
const SAFE_HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
} as const;

/** A question or action is small. */
const MOST_BODY = 16 * 1024;

export function registerDashboard(application: App): void {
  const { settings, telemetry } = application;
  const place = placeOf(settings.dashboardAuth, process.env);
  // Without it the route would take anybody's bodies only to say no.
  if (place.auth === undefined && place.isInAzure) return;
  let answers: AnswerPage | undefined;
  const answerPage: AnswerPage = async (...asked) => {
    const { createAnswers } = await import("./dashboardAnswers.ts");
    answers ??= createAnswers(application);
    return answers(...asked);
  };
  app.http("dashboard", {
    route: "dashboard/{*path}",
    methods: ["GET", "POST"],
    authLevel: "anonymous",
    handler: (request, context) => {
      const work = async () => {
        const access = accessOf(place, {
          host: new URL(request.url).hostname,
          forwardedFor: request.headers.get("x-forwarded-for"),
          principal: request.headers.get("x-ms-client-principal"),
        });
        const answer = await answerTo(application, answerPage, access, request);
        return { ...answer, headers: { "cache-control": "no-store", ...SAFE_HEADERS, ...answer.headers } };
      };
      return invoke(telemetry, context, work, ({ status = 200 }) => ({ httpStatus: status }));
    },
  });
}

async function answerTo(
  application: App,
  answerPage: AnswerPage,
  access: Access,
  request: HttpRequest,
): Promise<HttpResponseInit> {
  const path = request.params.path ?? "";
  if (access.kind === "off") return problem(404, "No dashboard", "The dashboard is not on here: see docs/dashboard.md");
  if (access.kind === "refused") return problem(403, "Not for you", access.why);
  if (access.kind === "signIn") {
    if (path !== "") return problem(401, "Signed out", "Sign in by loading the page again");
    // Where the page is, as the browser sees it.
    const back = encodeURIComponent(new URL(request.url).pathname);
    return { status: 302, headers: { location: `/.auth/login/aad?post_login_redirect_uri=${back}` } };
  }
  if (request.method === "GET") return file(path);
  if (!isFromPage(request.headers.get("sec-fetch-site"), request.headers.get("content-type"))) {
    return problem(403, "Not from the page", "The dashboard's own page asks for this, and nobody else may");
  }
  const text = await request.text();
  const asked: unknown = text.length > MOST_BODY ? undefined : parseJson(text);
  if (typeof asked !== "object" || asked === null) return problem(400, "No question", "The body must be a JSON object");
  return answerQuestion(application.telemetry, async () => {
    const found = await answerPage(access, path, { ...asked });
    return found ?? problem(404, "No such question", "The page and the app are of different versions: load it again");
  });
}

async function file(path: string): Promise<HttpResponseInit> {
  const found = FILES.get(path);
  if (!found) return problem(404, "No such file", "The page has no such file");
  const body = await readFile(new URL(found.name, FOLDER));
  return { status: 200, headers: { "content-type": found.type }, body };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
