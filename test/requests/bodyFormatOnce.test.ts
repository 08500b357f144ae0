// Converting a body costs something: it is done once for each body, and not at all for Markdown.
import { beforeEach, expect, it, vi } from "vitest";
import { convertBody } from "../../shared/requests/body/convertBody.ts";
import { forOne } from "../../shared/requests/forOne.ts";
import { parseRequest } from "../../shared/requests/parseRequest.ts";
import { canonicalRecipient } from "../../shared/requests/recipients.ts";
import { aRequest } from "../builders/request.ts";

vi.mock("../../shared/requests/body/convertBody.ts", { spy: true });
beforeEach(() => vi.clearAllMocks());

const context = { environment: "tt02", now: new Date("2030-01-01T00:00:00Z") } as const;

it.each([
  ["Markdown", { messageBody: "<b>a</b>" }, 0],
  ["Markdown that says so", { bodyFormat: "markdown", messageBody: "<b>a</b>" }, 0],
  ["HTML", { bodyFormat: "html", messageBody: "<b>a</b>" }, 1],
  ["text", { bodyFormat: "text", messageBody: "a" }, 1],
  ["HTML of a letter with another fault", { bodyFormat: "html", messageBody: "a", messageTitle: "" }, 1],
  ["HTML that is blank", { bodyFormat: "html", messageBody: " " }, 0],
  ["HTML beyond all measure", { bodyFormat: "html", messageBody: "a".repeat(1_000_001) }, 0],
  ["an unknown format", { bodyFormat: "rtf", messageBody: "a" }, 0],
])("converts %s as often as needed", async (_, content, times) => {
  await parseRequest(aRequest({ content }), context);
  expect(convertBody).toHaveBeenCalledTimes(times);
});

it("converts a body once for all letters of a request, and checks the request anew for each", async () => {
  const recipients = ["0192:991825827", "urn:altinn:organization:identifier-no:313721779", "0192:310702641"];
  const dueDateTime = "2030-06-01T00:00:00Z";
  const request = {
    ...aRequest({ letter: { dueDateTime }, content: { bodyFormat: "html", messageBody: "<i>once</i>" } }),
    recipients,
  };
  const parsed = await Promise.all(
    recipients.map((recipient) => parseRequest(forOne(request, canonicalRecipient(recipient)), context)),
  );
  expect(convertBody).toHaveBeenCalledTimes(1);
  expect(parsed.map((one) => one.ok && one.request.recipients)).toEqual(recipients.map((recipient) => [recipient]));
  const later = { ...context, now: new Date("2031-01-01T00:00:00Z") };
  expect(await parseRequest(forOne(request, recipients[0] ?? ""), later)).toMatchObject({
    problems: [{ rule: "dueDateInPast" }],
  });
  expect(convertBody).toHaveBeenCalledTimes(1);
});
