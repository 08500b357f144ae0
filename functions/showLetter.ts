// `GET /api/letters/{id}`: one letter whole, by the id of its dispatch or of its correspondence, or by its dead letter.
import type { App } from "../shared/app.ts";
import { readLetterId } from "../shared/finding/query.ts";
import { parametersOf, problem, registerQuestion, wrongParameters } from "./question.ts";

export function registerShowLetter(app: App): void {
  registerQuestion(app, "showLetter", "letters/{id}", async (request) => {
    const asked = readLetterId({ ...parametersOf(request), id: request.params.id });
    if (!asked.ok) return wrongParameters(asked.wrong);
    const { showLetter } = await import("../shared/finding/find.ts");
    const shown = await showLetter(app.finding, asked.value.id, asked.value);
    return shown
      ? { status: 200, jsonBody: shown }
      : problem(404, "No such letter", "No letter with this id is known, or not any more");
  });
}
