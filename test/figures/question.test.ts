// Which figures are asked for: whole days or hours, and what is wrong with a question.
import { expect, test } from "vitest";
import { timestamp } from "../../shared/clock.ts";
import { readFiguresQuestion } from "../../shared/figures/question.ts";
import { indexSenders } from "../../shared/senders/owners.ts";

const NOW = Date.parse("2030-03-10T12:34:00Z");

test.each([
  [{}, "2030-03-04T00:00 2030-03-11T00:00 day"],
  [{ by: "hour" }, "2030-03-04T00:00 2030-03-10T13:00 hour"],
  [{ from: "2030-03-01", to: "2030-03-02" }, "2030-03-01T00:00 2030-03-03T00:00 day"],
  [{ to: "2030-03-02" }, "2030-02-24T00:00 2030-03-03T00:00 day"],
  [
    { from: "2030-03-09T10:59:00+01:00", to: "2030-03-09T10:00:00Z", by: "hour" },
    "2030-03-09T09:00 2030-03-09T11:00 hour",
  ],
  [{ from: "2030-03-09T10:59:00Z" }, "2030-03-09T00:00 2030-03-11T00:00 day"],
])("%j", (given, expected) => {
  const asked = readFiguresQuestion(given, NOW, indexSenders([]));
  const { from, until, by } = asked.ok ? asked.value : { from: 0, until: 0, by: "wrong" };
  expect(`${timestamp(from).slice(0, 16)} ${timestamp(until).slice(0, 16)} ${by}`).toBe(expected);
});

test.each([
  [{ from: "yesterday", by: "week", colour: "red" }, ["from", "by", "colour"]],
  [{ from: "2030-03-02", to: "2030-03-01" }, ["to"]],
  [{ from: "2030-02-01", by: "hour" }, ["from"]],
  [{ from: "2029-01-01" }, ["from"]],
  [{ resource: "" }, ["resource"]],
])("%j is wrong in %j", (given, parameters) => {
  const asked = readFiguresQuestion(given, NOW, indexSenders([]));
  expect(asked.ok ? [] : asked.wrong.map(({ parameter }) => parameter)).toEqual(parameters);
});
