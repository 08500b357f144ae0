// What functions that answer questions have in common: a GET with the function's key, and problem details (RFC 9457)
// where there is no answer. What answers is loaded by the first question: letters do without it, and start the sooner.
import { app, type HttpRequest, type HttpResponseInit } from "@azure/functions";
import type { App } from "../shared/app.ts";
import type { ProblemAnswer } from "../shared/finding/answers.ts";
import type { WrongParameter } from "../shared/finding/query.ts";
import { WrongToken } from "../shared/finding/wrongToken.ts";
import { invoke } from "./invocation.ts";

/** Registers a function that answers a GET. What it throws is a 503, as storage is all that is asked. */
export function registerQuestion(
  { telemetry }: App,
  name: string,
  route: string,
  answer: (request: HttpRequest) => Promise<HttpResponseInit> | HttpResponseInit,
): void {
  app.http(name, {
    route,
    methods: ["GET"],
    authLevel: "function",
    handler: (request, context) => {
      const work = () => answerQuestion(telemetry, () => answer(request));
      return invoke(telemetry, context, work, (response) => ({ httpStatus: response.status ?? 200 }));
    },
  });
}

/** Answers a question. What it throws is a 503, as storage is all that is asked. */
export async function answerQuestion(
  telemetry: App["telemetry"],
  answer: () => Promise<HttpResponseInit> | HttpResponseInit,
): Promise<HttpResponseInit> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof WrongToken) return wrongParameters([{ parameter: "next", detail: error.message }]);
    telemetry.alert("progressNotRead", { errorType: error instanceof Error ? error.name : typeof error });
    return problem(503, "State not read", "The state could not be read: try again later");
  }
}

/** The parameters of a question; the function's key, which Azure takes there as well, is none. */
export function parametersOf(request: HttpRequest): Record<string, string> {
  const { code: _code, clientId: _clientId, ...parameters } = Object.fromEntries(request.query);
  return parameters;
}

/** There is no answer. */
export function problem(
  status: number,
  title: string,
  detail: string,
  more: Pick<ProblemAnswer, "errors"> & { readonly problems?: readonly string[] } = {},
): HttpResponseInit {
  const body: ProblemAnswer = { type: "about:blank", title, status, detail, ...more };
  return { status, headers: { "content-type": "application/problem+json" }, jsonBody: body };
}

/** The question is wrong. */
export function wrongParameters(wrong: readonly WrongParameter[]): HttpResponseInit {
  const named = wrong.map(({ parameter, detail }) => (parameter === undefined ? detail : `${parameter} ${detail}`));
  return problem(400, "Wrong parameters", `${named.join("; ")}.`, { errors: [...wrong] });
}
