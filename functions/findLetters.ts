// `GET /api/letters?…`: letters, by whatever is known of them.
import type { App } from "../shared/app.ts";
import { parametersOf, registerQuestion } from "./question.ts";

export function registerFindLetters(app: App): void {
  registerQuestion(app, "findLetters", "letters", async (request) => {
    const { answerLetters } = await import("./answers.ts");
    return answerLetters(app.finding, parametersOf(request));
  });
}
