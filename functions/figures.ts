// `GET /api/figures?…`: how many letters were sent, published, read and so on, or received, by day or by hour.
import type { App } from "../shared/app.ts";
import { parametersOf, registerQuestion } from "./question.ts";

export function registerFigures(app: App): void {
  registerQuestion(app, "figures", "figures", async (request) => {
    const { answerFigures } = await import("./answers.ts");
    return answerFigures(app.finding, parametersOf(request));
  });
}
