// `GET /api/requests/{id}`: how many letters of a request are sent, wait, or ended otherwise, and a page of them.
import type { App } from "../shared/app.ts";
import { readPaging } from "../shared/finding/query.ts";
import { parametersOf, problem, registerQuestion, wrongParameters } from "./question.ts";

export function registerRequestProgress(app: App): void {
  // Producers choose their ids, and some have slashes in them.
  registerQuestion(app, "requestProgress", "requests/{*id}", async (request) => {
    const asked = readPaging(parametersOf(request));
    if (!asked.ok) return wrongParameters(asked.wrong);
    const { findRequest } = await import("../shared/finding/find.ts");
    const { id = "" } = request.params;
    for (const requestId of new Set([id, decoded(id)])) {
      const found = await findRequest(app.finding, requestId, asked.value);
      if (found) return { status: 200, jsonBody: found };
    }
    const detail = "No request with this id is known, or not any more";
    return problem(404, "No such request", detail, { problems: [detail] });
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
