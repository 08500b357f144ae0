// `GET /api/openapi.json`: the endpoints that answer, as OpenAPI 3.1 describes them.
import type { App } from "../shared/app.ts";
import { openApi } from "../shared/openApi.ts";
import { registerQuestion } from "./question.ts";

export function registerOpenApi(app: App): void {
  registerQuestion(app, "openApi", "openapi.json", () => ({ status: 200, jsonBody: openApi() }));
}
