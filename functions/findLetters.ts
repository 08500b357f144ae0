// `GET /api/letters?…`: letters, by whatever is known of them.
import type { App } from "../shared/app.ts";
import { readLetterQuery } from "../shared/finding/query.ts";
import { parametersOf, registerQuestion, wrongParameters } from "./question.ts";

export function registerFindLetters(app: App): void {
  registerQuestion(app, "findLetters", "letters", async (request) => {
    const asked = readLetterQuery(parametersOf(request), app.finding.senders);
    if (!asked.ok) return wrongParameters(asked.wrong);
    const { findLetters } = await import("../shared/finding/find.ts");
    return { status: 200, jsonBody: await findLetters(app.finding, asked.value.query, asked.value.paging) };
  });
}
