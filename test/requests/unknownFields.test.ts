// Fields that are not known: which are refused, what is said of them, and what Altinn gets all the same.
import { describe, expect, it } from "vitest";
import { organization } from "../../local/parties.ts";
import { parseRequest } from "../../shared/requests/parseRequest.ts";
import type { RequestContext } from "../../shared/requests/rules.ts";
import { anAttachment, aRequest } from "../builders/request.ts";

const context: RequestContext = { environment: "tt02", now: new Date("2030-01-01T00:00:00Z") };

async function judge(request: unknown, unknownFields?: RequestContext["unknownFields"]) {
  const parsed = await parseRequest(request, { ...context, unknownFields });
  const told = (all: readonly { path: string; rule: string }[]) => all.map(({ path, rule }) => `${path}: ${rule}`);
  return {
    problems: parsed.ok ? [] : told(parsed.problems),
    warnings: told(parsed.warnings).filter((warning) => warning !== "id: noId"),
    messages: [...(parsed.ok ? [] : parsed.problems), ...parsed.warnings].map(({ message }) => message).join("\n"),
  };
}

describe("a field by which an absent one is meant is refused", () => {
  const inLetter = (letter: object) => aRequest({ letter });
  const inNotification = (notification: object) =>
    aRequest({ letter: { notification: { notificationTemplate: "GenericAltinnMessage", ...notification } } });
  it.each([
    ["correspondence.isConfirmationNeded", "isConfirmationNeeded", inLetter({ isConfirmationNeded: true })],
    ["correspondence.requestedPublishTme", "requestedPublishTime", inLetter({ requestedPublishTme: "2030-02-01" })],
    ["correspondence.requested_publish_time", "requestedPublishTime", inLetter({ requested_publish_time: "2030" })],
    ["correspondence.publishTime", "requestedPublishTime", inLetter({ publishTime: "2030-02-01" })],
    ["correspondence.dueDate", "dueDateTime", inLetter({ dueDate: "2030-02-01" })],
    ["correspondence.notifcation", "notification", inLetter({ notifcation: {} })],
    ["correspondence.NOTIFICATIONS", "notification", inLetter({ NOTIFICATIONS: {} })],
    ["correspondence.ignoreReservations", "ignoreReservation", inLetter({ ignoreReservations: true })],
    ["correspondence.content.attachements", "attachments", aRequest({ content: { attachements: [] } })],
    ["correspondence.content.langauge", "language", aRequest({ content: { language: undefined, langauge: "en" } })],
    ["correspondence.content.bodyformat-", "bodyFormat", aRequest({ content: { "bodyformat-": "html" } })],
    ["correspondence.notification.smsbodi", "smsBody", inNotification({ smsbodi: "Hei" })],
    ["correspondence.notification.sendReminders", "sendReminder", inNotification({ sendReminders: true })],
    [
      "correspondence.notification.customRecipients[0].mobilNumber",
      "mobileNumber",
      inNotification({ customRecipients: [{ emailAddress: "a@example.com", mobilNumber: "+4799999999" }] }),
    ],
    [
      "correspondence.content.attachments[1].displayNmae",
      "displayName",
      aRequest({ attachments: [anAttachment(), anAttachment({ displayNmae: "Vedtak" })] }),
    ],
    [
      "correspondence.replyOptions[0].linktxt",
      "linkText",
      inLetter({ replyOptions: [{ linkURL: "https://example.com/", linktxt: "Svar" }] }),
    ],
    ["statusQeue", "statusQueue", aRequest({ request: { statusQeue: "a" } })],
    ["idempotencyKey", "idempotentKey", aRequest({ request: { idempotencyKey: "a" } })],
    ["existingAttachment", "existingAttachments", aRequest({ request: { existingAttachment: [] } })],
  ])("%s: did you mean %s?", async (path, meant, request) => {
    const { problems, messages } = await judge(request);
    expect(problems).toEqual([`${path}: misspelt`]);
    expect(messages).toContain(`Did you mean ${meant}?`);
    expect(await judge(request, "pass")).toMatchObject({ problems: [], warnings: [`${path}: misspelt`] });
  });

  it.each([
    ["correspondence.content.notification", "correspondence.notification", aRequest({ content: { notification: {} } })],
    ["attachments", "correspondence.content.attachments", aRequest({ request: { attachments: [] } })],
    [
      "correspondence.language",
      "correspondence.content.language",
      aRequest({ letter: { language: "nn" }, content: { language: undefined } }),
    ],
    ["correspondence.StatusQueue", "statusQueue", aRequest({ letter: { StatusQueue: "a" } })],
  ])("%s belongs in %s", async (path, place, request) => {
    const { problems, messages } = await judge(request);
    expect(problems).toEqual([`${path}: misplaced`]);
    expect(messages).toContain(`but in ${place}.`);
  });

  it("also one of the shape that Altinn had before", async () => {
    expect((await judge(inLetter({ visibleFrom: "2030-02-01" }))).problems).toEqual([
      "correspondence.visibleFrom: renamed",
    ]);
    expect(
      await judge(inLetter({ visibleFrom: "2030-02-01", requestedPublishTime: "2030-02-01T00:00Z" })),
    ).toMatchObject({
      problems: [],
      warnings: ["correspondence.visibleFrom: renamed"],
    });
  });
});

describe("any other unknown field goes to Altinn, with a warning", () => {
  it.each([
    ["nonsense", aRequest({ request: { nonsense: 1 } })],
    ["correspondence.internalNote", aRequest({ letter: { internalNote: "x" } })],
    ["correspondence.isReservable", aRequest({ letter: { isReservable: true } })],
    ["correspondence.content.summary", aRequest({ content: { messageSummary: undefined, summary: "x" } })],
    ["correspondence.content.fileName", aRequest({ content: { fileName: "x" } })],
    ["correspondence.content.languages", aRequest({ content: { languages: "nn" } })],
    ["correspondence.sender_", aRequest({ letter: { sender_: "0192:310000000" } })],
  ])("%s", async (path, request) => {
    const { problems, warnings } = await judge(request);
    expect(problems).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(`${path}: `)]);
    expect((await judge(request, "refuse")).problems).toEqual([expect.stringContaining(`${path}: `)]);
  });

  it("and none at all where it is null, or Altinn has it though the contract has not", async () => {
    const notification = { notificationTemplate: "GenericAltinnMessage", requestedSendTime: "2030-02-01T00:00Z" };
    const request = aRequest({ request: { statusQeue: null }, letter: { notification } });
    expect(await judge(request, "refuse")).toMatchObject({ problems: [], warnings: [] });
  });
});

describe("a required field that is missing", () => {
  it.each([
    ["recipients", "recipient", { ...aRequest(), recipients: undefined, recipient: organization() }],
    [
      "correspondence.content.messageTitle",
      "title",
      aRequest({ content: { messageTitle: undefined, title: "Vedtak" } }),
    ],
    [
      "correspondence.sendersReference",
      "sendersRefrence",
      aRequest({ letter: { sendersReference: undefined, sendersRefrence: "1" } }),
    ],
    ["recipients", "recipients", { ...aRequest({ letter: { recipients: [organization()] } }), recipients: undefined }],
  ])("%s: %s is there", async (path, written, request) => {
    const { problems, messages } = await judge(JSON.parse(JSON.stringify(request)));
    expect(problems).toContain(`${path}: required`);
    expect(messages).toContain(`Is it ${written} that is meant for it?`);
  });

  it.each([
    ["no wrapper", aRequest().correspondence, 'put them into "correspondence"'],
    [
      "the flat shape of before",
      { ...aRequest().correspondence, recipient: organization(), visibleFrom: "2030-01-01" },
      '"visibleFrom" became "requestedPublishTime"',
    ],
    ["an Event Grid event", { id: "1", eventType: "a", data: aRequest() }, "The request stands in data"],
    ["an envelope whose content is text", { Body: JSON.stringify(aRequest()) }, "The request stands in Body"],
    ["a CloudEvent about something else", { specversion: "1.0", data: {} }, "looks like an event"],
    ["a cancel misspelt", { cancle: { requestId: "a" } }, "Did you mean cancel"],
    ["a claim check misspelt", { requestBolb: "a.json" }, "Did you mean requestBlob"],
  ])("correspondence, because of %s", async (_, request, hint) => {
    const { problems, messages } = await judge(request);
    expect(problems).toContain("correspondence: required");
    expect(messages).toContain(hint);
  });
});

it("of very many unknown fields tells so many as somebody reads", async () => {
  const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`recipient${index}`, 1]));
  const { warnings, messages } = await judge({ ...aRequest(), ...many });
  expect(warnings).toHaveLength(1_001);
  expect(messages).toContain("Has 3000 fields that are not known");
});
