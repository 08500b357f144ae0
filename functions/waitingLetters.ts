// `GET /api/waiting`: what has not reached its recipient yet, by what keeps it.
import type { App } from "../shared/app.ts";
import { readNothing } from "../shared/finding/query.ts";
import { findWaiting } from "../shared/finding/waiting.ts";
import { parametersOf, registerQuestion, wrongParameters } from "./question.ts";

export function registerWaitingLetters(app: App): void {
  registerQuestion(app, "waitingLetters", "waiting", async (request) => {
    const asked = readNothing(parametersOf(request));
    return asked.ok ? { status: 200, jsonBody: await findWaiting(app.finding) } : wrongParameters(asked.wrong);
  });
}
