// `GET /api/waiting`: what has not reached its recipient yet, by what keeps it.
import type { App } from "../shared/app.ts";
import { parametersOf, registerQuestion } from "./question.ts";

export function registerWaitingLetters(app: App): void {
  registerQuestion(app, "waitingLetters", "waiting", async (request) => {
    const { answerWaiting } = await import("./answers.ts");
    return answerWaiting(app.finding, parametersOf(request));
  });
}
