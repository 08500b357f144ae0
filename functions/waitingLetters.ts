// `GET /api/waiting`: what has not reached its recipient yet, by what keeps it.
import type { App } from "../shared/app.ts";
import { readWaitingQuery } from "../shared/finding/query.ts";
import { parametersOf, registerQuestion, wrongParameters } from "./question.ts";

export function registerWaitingLetters(app: App): void {
  registerQuestion(app, "waitingLetters", "waiting", async (request) => {
    const asked = readWaitingQuery(parametersOf(request), app.finding.senders);
    if (!asked.ok) return wrongParameters(asked.wrong);
    const { findWaiting } = await import("../shared/finding/waiting.ts");
    return { status: 200, jsonBody: await findWaiting(app.finding, asked.value) };
  });
}
