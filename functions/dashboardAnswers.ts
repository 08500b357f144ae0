// What the dashboard's page asks for, and what it has done. Loaded by the first such question.
import type { HttpResponseInit } from "@azure/functions";
import * as z from "zod";
import type { App } from "../shared/app.ts";
import type { Access } from "../shared/dashboard/access.ts";
import { actionSchema } from "../shared/dashboard/action.ts";
import { act, lookAtReplay } from "../shared/dashboard/actions.ts";
import { createOverview } from "../shared/dashboard/overview.ts";
import { readParameters, resourcesOf } from "../shared/finding/query.ts";
import { answerLetter, answerLetters, answerRequest } from "./answers.ts";
import { problem, wrongParameters } from "./question.ts";

/** Answers a question of the page by its name (the path), or does what it says; undefined where there is no such question. */
export type AnswerPage = (
  access: Access & { readonly kind: "allowed" },
  path: string,
  asked: Readonly<Record<string, unknown>>,
) => Promise<HttpResponseInit | undefined>;

/** Whose letters are shown: a sender's by its name, or all. */
const overviewQuestion = z.strictObject({ sender: z.string().optional() });

/** Answers for all who look, who share one overview. */
export function createAnswers({ dashboard, finding }: Pick<App, "dashboard" | "finding">): AnswerPage {
  const overview = createOverview(dashboard);
  return async (access, path, asked) => {
    switch (path) {
      case "overview": {
        const read = readParameters(overviewQuestion, asked);
        if (!read.ok) return wrongParameters(read.wrong);
        const { sender } = read.value;
        const resources = resourcesOf({ sender }, finding.senders);
        if (!resources.ok) return wrongParameters(resources.wrong);
        return { jsonBody: { ...(await overview.read(sender)), mayAct: access.mayAct } };
      }
      case "letters":
        return answerLetters(finding, asked);
      case "letter":
        return answerLetter(finding, asked);
      case "request": {
        const { requestId, ...paging } = asked;
        return answerRequest(finding, typeof requestId === "string" ? [requestId] : [], paging);
      }
      case "replay": {
        const check =
          typeof asked.deadLetter === "string" ? await lookAtReplay(dashboard, asked.deadLetter) : undefined;
        return check
          ? { jsonBody: check }
          : problem(404, "No such dead letter", "It was replayed or dropped meanwhile");
      }
      case "act": {
        if (!access.mayAct) return problem(403, "Not for you", "You may look, and not act");
        const read = actionSchema.safeParse(asked);
        if (!read.success)
          return problem(400, "No such action", "The page and the app are of different versions: load it again");
        const outcome = await act(dashboard, read.data, access.actor);
        if (outcome.kind === "done") overview.changed(read.data.action);
        return { jsonBody: outcome };
      }
      default:
        return undefined;
    }
  };
}
