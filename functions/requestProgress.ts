// `GET /api/requests/{id}`: how many letters of a request are sent, wait, or ended otherwise, and a page of them.
import type { App } from "../shared/app.ts";
import { parametersOf, registerQuestion } from "./question.ts";

export function registerRequestProgress(app: App): void {
  // Producers choose their ids, and some have slashes in them.
  registerQuestion(app, "requestProgress", "requests/{*id}", async (request) => {
    const { answerRequest } = await import("./answers.ts");
    const { id = "" } = request.params;
    return answerRequest(app.finding, new Set([id, decoded(id)]), parametersOf(request));
  });
}

/** Azure leaves an escaped slash in a path as it is. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
