// `GET /api/openapi.json`: the endpoints that answer, as OpenAPI 3.1 describes them.
import type { App } from "../shared/app.ts";
import { registerQuestion } from "./question.ts";

export function registerOpenApi(app: App): void {
  registerQuestion(app, "openApi", "openapi.json", async () => {
    const { openApi } = await import("../shared/openApi.ts");
    return { status: 200, jsonBody: openApi() };
  });
}
