// What is answered to questions, whether by an endpoint or by the dashboard's page. Loaded by the first question: letters do
// without it, and start the sooner.
import type { HttpResponseInit } from "@azure/functions";
import type { App } from "../shared/app.ts";
import { findFigures } from "../shared/figures/figures.ts";
import { readFiguresQuestion } from "../shared/figures/question.ts";
import { findReceivedFigures } from "../shared/figures/received.ts";
import { findLetters, findRequest, showLetter } from "../shared/finding/find.ts";
import { type Asked, readLetterId, readLetterQuery, readPaging, readWaitingQuery } from "../shared/finding/query.ts";
import { findWaiting } from "../shared/finding/waiting.ts";
import { openApi } from "../shared/openApi.ts";
import { problem, wrongParameters } from "./question.ts";

type Finding = App["finding"];
/** The parameters of a question. */
type Parameters = Readonly<Record<string, unknown>>;

/** Letters, by whatever is known of them. */
export async function answerLetters(finding: Finding, parameters: Parameters): Promise<HttpResponseInit> {
  return answer(readLetterQuery(parameters, finding.senders), ({ query, paging }) =>
    findLetters(finding, query, paging),
  );
}

/** One letter whole. */
export async function answerLetter(finding: Finding, parameters: Parameters): Promise<HttpResponseInit> {
  const shown = await answer(readLetterId(parameters), (asked) => showLetter(finding, asked.id, asked));
  return shown.jsonBody === undefined
    ? problem(404, "No such letter", "No letter with this id is known, or not any more")
    : shown;
}

/** How far a request has come, by the first of these ids that is one. */
export async function answerRequest(
  finding: Finding,
  ids: Iterable<string>,
  parameters: Parameters,
): Promise<HttpResponseInit> {
  const asked = readPaging(parameters);
  if (!asked.ok) return wrongParameters(asked.wrong);
  for (const id of ids) {
    const found = await findRequest(finding, id, asked.value);
    if (found) return { status: 200, jsonBody: found };
  }
  const detail = "No request with this id is known, or not any more";
  return problem(404, "No such request", detail, { problems: [detail] });
}

/** What has not reached its recipient yet, by what keeps it. */
export function answerWaiting(finding: Finding, parameters: Parameters): Promise<HttpResponseInit> {
  return answer(readWaitingQuery(parameters, finding.senders), (query) => findWaiting(finding, query));
}

/** How many letters were sent, published, read and so on, or received. */
export function answerFigures(finding: Finding, parameters: Parameters): Promise<HttpResponseInit> {
  return answer(readFiguresQuestion(parameters, finding.clock.now(), finding.senders), (question) =>
    question.direction === "received" ? findReceivedFigures(finding, question) : findFigures(finding, question),
  );
}

/** The endpoints that answer, as OpenAPI 3.1 describes them. */
export function answerOpenApi(): HttpResponseInit {
  return { status: 200, jsonBody: openApi() };
}

async function answer<T>(asked: Asked<T>, find: (asked: T) => Promise<unknown>): Promise<HttpResponseInit> {
  return asked.ok ? { status: 200, jsonBody: await find(asked.value) } : wrongParameters(asked.wrong);
}
