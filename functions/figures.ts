// `GET /api/figures?…`: how many letters were sent, published, read and so on, by day or by hour.
import type { App } from "../shared/app.ts";
import { findFigures } from "../shared/figures/figures.ts";
import { readFiguresQuestion } from "../shared/figures/question.ts";
import { parametersOf, registerQuestion, wrongParameters } from "./question.ts";

export function registerFigures(app: App): void {
  registerQuestion(app, "figures", "figures", async (request) => {
    const asked = readFiguresQuestion(parametersOf(request), app.finding.clock.now());
    return asked.ok
      ? { status: 200, jsonBody: await findFigures(app.finding, asked.value) }
      : wrongParameters(asked.wrong);
  });
}
