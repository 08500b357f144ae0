// `GET /api/letters?…`: letters, by whatever is known of them.
import type { App } from "../shared/app.ts";
import { findLetters } from "../shared/finding/find.ts";
import { readLetterQuery } from "../shared/finding/query.ts";
import { parametersOf, registerQuestion, wrongParameters } from "./question.ts";

export function registerFindLetters(app: App): void {
  registerQuestion(app, "findLetters", "letters", async (request) => {
    const asked = readLetterQuery(parametersOf(request));
    if (!asked.ok) return wrongParameters(asked.wrong);
    return { status: 200, jsonBody: await findLetters(app.finding, asked.value.query, asked.value.paging) };
  });
}
