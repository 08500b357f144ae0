// `GET /api/openapi.json`: the endpoints that answer, as OpenAPI 3.1 describes them.
import type { App } from "../shared/app.ts";
import { registerQuestion } from "./question.ts";

export function registerOpenApi(app: App): void {
  registerQuestion(app, "openApi", "openapi.json", async () => {
    const { answerOpenApi } = await import("./answers.ts");
    return answerOpenApi();
  });
}
