// `GET /api/figures?…`: how many letters were sent, published, read and so on, or received, by day or by hour.
import type { App } from "../shared/app.ts";
import { parametersOf, registerQuestion, wrongParameters } from "./question.ts";

export function registerFigures(app: App): void {
  registerQuestion(app, "figures", "figures", async (request) => {
    const { readFiguresQuestion } = await import("../shared/figures/question.ts");
    const asked = readFiguresQuestion(parametersOf(request), app.finding.clock.now(), app.finding.senders);
    if (!asked.ok) return wrongParameters(asked.wrong);
    if (asked.value.direction === "received") {
      const { findReceivedFigures } = await import("../shared/figures/received.ts");
      return { status: 200, jsonBody: await findReceivedFigures(app.finding, asked.value) };
    }
    const { findFigures } = await import("../shared/figures/figures.ts");
    return { status: 200, jsonBody: await findFigures(app.finding, asked.value) };
  });
}
