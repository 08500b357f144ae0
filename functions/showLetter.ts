// `GET /api/letters/{id}`: one letter whole, by the id of its dispatch or of its correspondence, or by its dead letter.
import type { App } from "../shared/app.ts";
import { parametersOf, registerQuestion } from "./question.ts";

export function registerShowLetter(app: App): void {
  registerQuestion(app, "showLetter", "letters/{id}", async (request) => {
    const { answerLetter } = await import("./answers.ts");
    return answerLetter(app.finding, { ...parametersOf(request), id: request.params.id });
  });
}
