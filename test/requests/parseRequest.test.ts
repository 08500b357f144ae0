// What parseRequest makes of requests: all problems at once, in the order of the document, and never an exception.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { organization, person } from "../../local/parties.ts";
import { toInitializeBody } from "../../shared/requests/initializeBody.ts";
import { parseRequest } from "../../shared/requests/parseRequest.ts";
import type { RequestContext } from "../../shared/requests/rules.ts";
import { anAttachment, aRequest } from "../builders/request.ts";

const now = new Date("2030-01-01T00:00:00Z");
const context: RequestContext = { environment: "tt02", now };

async function problemsOf(value: unknown, overrides: Partial<RequestContext> = {}): Promise<string[]> {
  const parsed = await parseRequest(value, { ...context, ...overrides });
  return parsed.ok ? [] : parsed.problems.map(({ path, rule }) => `${path}: ${rule}`);
}

async function requestOf(value: unknown) {
  const parsed = await parseRequest(value, context);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.request;
}

describe("a valid request", () => {
  it("passes with organisations and persons, attachments and everything", async () => {
    const request = aRequest({
      recipients: [organization(0)],
      attachments: [anAttachment(), anAttachment({ checksum: "0".repeat(32), expirationInDays: 30 })],
      letter: { dueDateTime: "2030-02-01T00:00:00Z", isConfirmationNeeded: true, replyOptions: null },
      request: { id: "case-1", statusQueue: "case-system" },
    });
    expect(await problemsOf(request)).toEqual([]);
    expect((await requestOf(request)).attachments.map(({ blob }) => blob)).toEqual([
      "cases/1/vedtak.pdf",
      "cases/1/vedtak.pdf",
    ]);
    expect(
      await problemsOf(aRequest({ recipients: [organization(0), organization(1), person(0), person(1)] })),
    ).toEqual([]);
  });

  it("may have 10,000 recipients, and not one more", async () => {
    const recipients = Array.from({ length: 10_001 }, (_, index) => `0192:${String(100_000_000 + index)}`);
    expect(await problemsOf(aRequest({ recipients: recipients.slice(1) }))).toEqual([]);
    expect(await problemsOf(aRequest({ recipients }))).toEqual(["recipients: maxItems"]);
  });

  it("is Altinn's own body, unchanged", async () => {
    const parsed = await requestOf(aRequest({ request: { idempotentKey: "0193B2C1-0000-7000-8000-000000000001" } }));
    expect(parsed.idempotentKey).toBe("0193B2C1-0000-7000-8000-000000000001");
    expect(parsed.existingAttachments).toEqual([]);
    expect(parsed.id).toBeUndefined();
  });

  it("may write names in any case, the last of two counting", async () => {
    const parsed = await requestOf({
      CORRESPONDENCE: { ResourceID: "a", SENDERSREFERENCE: "b", Content: { MessageTitle: "T", MESSAGEBODY: "B" } },
      Recipients: ["nonsense"],
      RECIPIENTS: [organization()],
      ID: "x",
    });
    expect(parsed.correspondence).toMatchObject({ resourceId: "a", content: { messageTitle: "T", messageBody: "B" } });
    expect(parsed).toMatchObject({ id: "x", recipients: [organization()] });
  });

  it("has its body in Markdown, in whichever format it was written", async () => {
    const bodyOf = async (content: object) => (await requestOf(aRequest({ content }))).correspondence.content;
    expect(await bodyOf({ bodyFormat: "Html", messageBody: "<p>Hei <b>du</b>" })).toMatchObject({
      bodyFormat: "markdown",
      messageBody: "Hei **du**",
    });
    expect((await bodyOf({ bodyFormat: "text", messageBody: "Hei **du**\nder" })).messageBody).toBe(
      "Hei \\*\\*du\\*\\*\\\nder",
    );
    expect((await bodyOf({ messageBody: "<p>Hei **du**" })).messageBody).toBe("<p>Hei **du**");
  });

  it("may say null where it means nothing: Altinn gets none of them", async () => {
    const nothing = { isConfirmationNeeded: null, isConfidential: null, allowForwarding: null, propertyList: null };
    const notification = {
      notificationTemplate: 1,
      notificationChannel: null,
      emailContentType: null,
      sendReminder: null,
    };
    const content = { bodyFormat: null, attachments: null };
    const written = aRequest({
      request: { id: null, existingAttachments: null, idempotentKey: null, statusQueue: null },
      letter: { ...nothing, notification: { ...notification, overrideRegisteredContactInformation: null } },
      content,
    });
    const body = toInitializeBody(await requestOf(written), organization(), "key", []);
    expect(body.correspondence).toEqual({ ...aRequest().correspondence, notification: { notificationTemplate: 1 } });
    expect(Object.keys(body)).toEqual(["correspondence", "recipients", "idempotentKey"]);
    const file = anAttachment({ isEncrypted: null, dataLocationType: null });
    expect((await requestOf(aRequest({ attachments: [file] }))).attachments).toEqual([anAttachment()]);
  });

  it("keeps unknown fields, even one called __proto__", async () => {
    const request = JSON.parse(JSON.stringify(aRequest({ letter: { New: { Deep: [1] } } })));
    const hostile = JSON.parse('{"__proto__": {"isAdmin": true}, "propertyList": {"__proto__": "v"}}');
    const parsed = await requestOf({
      ...request,
      nonsense: 1,
      correspondence: { ...request.correspondence, ...hostile, toString: "text" },
    });
    expect(parsed.unknownFields).toEqual({ nonsense: 1 });
    expect(parsed.correspondence).toMatchObject({ New: { Deep: [1] } });
    expect(Object.entries(parsed.correspondence.propertyList ?? {})).toEqual([["__proto__", "v"]]);
    expect(Reflect.get(parsed.correspondence, "isAdmin")).toBeUndefined();
  });
});

describe("problems", () => {
  it("are told all at once, in the order of the document, those between fields too", async () => {
    const request = {
      recipients: [organization(0), "x", organization(0)],
      correspondence: {
        dueDateTime: "2029-12-31T23:59:59Z",
        content: { attachments: [{ fileName: "a.exe", sendersReference: "" }], messageTitle: "<b>", language: "de" },
        resourceId: "other",
        notification: { notificationChannel: "Sms" },
      },
      idempotentKey: "0193b2c1-0000-7000-8000-000000000001",
    };
    expect(await problemsOf(request, { resources: new Set(["mine"]) })).toEqual([
      "recipients[1]: recipientFormat",
      "recipients[2]: duplicateRecipient",
      "correspondence.dueDateTime: dueDateInPast",
      "correspondence.content.attachments[0].fileName: fileType",
      "correspondence.content.attachments[0].sendersReference: required",
      "correspondence.content.attachments[0].blob: required",
      "correspondence.content.messageTitle: plainText",
      "correspondence.content.language: language",
      "correspondence.content.messageBody: required",
      "correspondence.resourceId: resourceNotAllowed",
      "correspondence.notification.smsBody: notificationText",
      "correspondence.sendersReference: required",
      "idempotentKey: oneRecipient",
    ]);
  });

  it("never repeat what was written", async () => {
    const secret = "Hemmelig Navnesen";
    const parsed = await parseRequest(
      aRequest({
        recipients: [secret],
        content: { messageTitle: `<b>${secret}`, language: secret },
        letter: {
          dueDateTime: secret,
          propertyList: { [secret]: null },
          notification: { notificationChannel: secret, customRecipients: [{ emailAddress: secret }] },
        },
      }),
      context,
    );
    expect(parsed.ok).toBe(false);
    expect(JSON.stringify(parsed)).not.toContain(secret);
  });

  it.each([
    ["a resource that is not allowed", { resourceId: "b" }, "correspondence.resourceId: resourceNotAllowed"],
    [
      "the same under the prefix",
      { resourceId: "urn:altinn:resource:b" },
      "correspondence.resourceId: resourceNotAllowed",
    ],
  ])("name %s", async (_, letter, problem) => {
    expect(await problemsOf(aRequest({ letter }), { resources: new Set(["a"]) })).toEqual([problem]);
    expect(await problemsOf(aRequest({ letter }), { resources: new Set(["b"]) })).toEqual([]);
    expect(await problemsOf(aRequest({ letter }))).toEqual([]);
  });

  it("name a status queue that is not allowed", async () => {
    const request = aRequest({ request: { statusQueue: "a" } });
    expect(await problemsOf(request, { statusQueues: new Set() })).toEqual(["statusQueue: statusQueueNotAllowed"]);
    expect(await problemsOf(request, { statusQueues: new Set(["a"]) })).toEqual([]);
  });

  it.each([
    [{ blob: undefined }, "blob: required"],
    [{ blob: "/a" }, "blob: blobPath"],
    [{ blob: "a/../b" }, "blob: blobPath"],
    [{ blob: "a//b" }, "blob: blobPath"],
    [{ blob: "a\\b" }, "blob: blobPath"],
    [{ blob: "a\nb" }, "blob: blobPath"],
    [{ blob: "https://example.com/a" }, "blob: blobPath"],
    [{ blob: "" }, "blob: blobPath"],
    [{ blob: "a".repeat(1025) }, "blob: maxLength"],
    [{ fileName: "a|b.pdf" }, "fileName: fileName"],
    [{ fileName: "lpt1.pdf" }, "fileName: reservedFileName"],
    [{ checksum: "z".repeat(31) }, "checksum: checksum"],
    [{ blob: undefined, dataLocationType: "existingexternalstorage" }, "dataLocationType: dataLocationType"],
    [{ blob: undefined, dataLocationType: 1 }, "dataLocationType: dataLocationType"],
    [{ dataLocationType: 3 }, "dataLocationType: enum"],
    [{ expirationInDays: 2_000_000_000 }, "expirationInDays: maxExpiration"],
    [{ expirationInDays: "0" }, "expirationInDays: minExpiration"],
    [{ expirationInDays: 1.5 }, "expirationInDays: type"],
    [{ isEncrypted: 0 }, "isEncrypted: type"],
  ])("on an attachment with %j", async (overrides, problem) => {
    const request = aRequest({ attachments: [anAttachment(overrides)] });
    expect(await problemsOf(JSON.parse(JSON.stringify(request)))).toEqual([
      `correspondence.content.attachments[0].${problem}`,
    ]);
  });

  it.each([
    [{ sender: "0192:\0" }, "sender: noNul"],
    [{ notification: { sendersReference: "\0" } }, "notification.sendersReference: noNul"],
    [
      { notification: { customNotificationRecipients: [{ recipientToOverride: "\0", recipients: [] }] } },
      "notification.customNotificationRecipients[0].recipientToOverride: noNul",
    ],
    [
      {
        notification: {
          customNotificationRecipients: [{ recipientToOverride: "a", recipients: [{ mobileNumber: "12" }] }],
        },
      },
      "notification.customNotificationRecipients[0].recipients[0].mobileNumber: mobileNumber",
    ],
    [
      { isConfidential: true, requestedPublishTime: "9999-12-31T23:59:00.0000001Z" },
      "requestedPublishTime: maxPublishTime",
    ],
    [{ isConfidential: true, requestedPublishTime: "9999-12-31T23:58:59.9999999Z" }, undefined],
    [{ requestedPublishTime: "9999-12-31T23:59:59Z" }, undefined],
    [
      {
        notification: {
          notificationTemplate: 1,
          overrideRegisteredContactInformation: true,
          customNotificationRecipients: [{ recipientToOverride: "a", recipients: [{ emailAddress: "a@b.no" }] }],
        },
      },
      undefined,
    ],
  ])("on a letter with %j", async (letter, problem) => {
    const texts = { emailSubject: "S", emailBody: "B" };
    const notification = "notification" in letter ? { notification: { ...texts, ...letter.notification } } : {};
    expect(await problemsOf(aRequest({ letter: { ...letter, ...notification } }))).toEqual(
      problem === undefined ? [] : [`correspondence.${problem}`],
    );
  });

  it("counts how long a file lives from the letter's publish time, where that is later", async () => {
    const fileOf = (expirationInDays: number, requestedPublishTime: string) =>
      problemsOf(aRequest({ attachments: [anAttachment({ expirationInDays })], letter: { requestedPublishTime } }));
    const problem = "correspondence.content.attachments[0].expirationInDays: maxExpiration";
    expect(await fileOf(364, "9999-01-01T00:00:00Z")).toEqual([]);
    expect(await fileOf(365, "9999-01-01T00:00:00Z")).toEqual([problem]);
    expect(await fileOf(2_910_000, "2000-01-01T00:00:00Z")).toEqual([]);
    expect(await fileOf(2_911_000, "2000-01-01T00:00:00Z")).toEqual([problem]);
  });

  it("looks a week ahead for a confidential letter in production", async () => {
    const letter = { isConfidential: true, requestedPublishTime: "9999-12-25T00:00:00Z" };
    expect(await problemsOf(aRequest({ letter }))).toEqual([]);
    expect(await problemsOf(aRequest({ letter }), { environment: "production" })).toEqual([
      "correspondence.requestedPublishTime: maxPublishTime",
    ]);
  });

  it("on what nests deeper than Altinn reads", async () => {
    const nested = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));
    expect(await problemsOf(aRequest({ content: { x: nested(29) }, letter: { y: { z: nested(29) } } }))).toEqual([]);
    expect(await problemsOf(aRequest({ content: { x: nested(30) }, letter: { y: [{ z: nested(60) }] } }))).toEqual([
      "correspondence.content.x: depth",
      "correspondence.y: depth",
    ]);
    expect(await problemsOf(aRequest({ content: { x: nested(30) }, attachments: [anAttachment()] }))).toEqual([]);
  });

  it("asks for 14 days in production only", async () => {
    const request = aRequest({ attachments: [anAttachment({ expirationInDays: 13 })] });
    const problem = "correspondence.content.attachments[0].expirationInDays: minExpiration";
    expect(await problemsOf(request)).toEqual([]);
    expect(await problemsOf(request, { environment: "production" })).toEqual([problem]);
  });

  it.each([
    [{ bodyFormat: "HTML", messageBody: "<p>Hei</p>" }, []],
    [{ bodyFormat: "text", messageBody: "Hei" }, []],
    [{ bodyFormat: "rtf" }, ["bodyFormat: enum"]],
    [{ bodyFormat: 1 }, ["bodyFormat: type"]],
    [{ bodyFormat: null }, []],
    [{ bodyFormat: "html", messageBody: "<!-- Hei -->" }, ["messageBody: required"]],
    [{ bodyFormat: "html", messageBody: " " }, ["messageBody: required"]],
    [{ bodyFormat: "text", messageBody: "\u200b" }, ["messageBody: required"]],
    [{ bodyFormat: "html", messageBody: "<p>a\0b&#0;&#xD800;" }, []],
    [{ bodyFormat: "html", messageBody: "<p>a\ud800" }, ["messageBody: wellFormedText"]],
    [{ bodyFormat: "text", messageBody: "a\0b" }, ["messageBody: noNul"]],
    [{ bodyFormat: "text", messageBody: "a\ud800" }, ["messageBody: wellFormedText"]],
    [
      { bodyFormat: "html", messageBody: '<form></form><a href="/">a</a>' },
      ["messageBody: htmlElement", "messageBody: relativeLink"],
    ],
  ])("on the body with %j", async (content, problems) => {
    expect(await problemsOf(aRequest({ content }))).toEqual(
      problems.map((problem) => `correspondence.content.${problem}`),
    );
  });

  it.each([
    ["Markdown", { messageBody: "a".repeat(30_000) }, { messageBody: "a".repeat(30_001) }],
    ["HTML", { messageBody: "<b></b>".repeat(5_000).concat("a") }, { messageBody: "a ".repeat(15_001) }],
    ["text", { messageBody: "*".repeat(15_000) }, { messageBody: "*".repeat(15_001) }],
    ["HTML", { messageBody: " ".repeat(999_999).concat("a") }, { messageBody: " ".repeat(1_000_000).concat("a") }],
  ])(
    "on a body in %s that is too long once it is Markdown, or beyond all measure",
    async (bodyFormat, fits, isTooLong) => {
      expect(await problemsOf(aRequest({ content: { bodyFormat, ...fits } }))).toEqual([]);
      const problem = "correspondence.content.messageBody: maxLength";
      expect(await problemsOf(aRequest({ content: { bodyFormat, ...isTooLong } }))).toEqual([problem]);
    },
  );

  it("on the body go by what is sent", async () => {
    const messageBody = "<p>Hei {{recipient<span>Name</span>}}";
    const recipients = ["urn:altinn:person:legacy-selfidentified:ola"];
    expect(await problemsOf(aRequest({ recipients, content: { messageBody, bodyFormat: "html" } }))).toEqual([
      "correspondence.content.messageBody: recipientName",
    ]);
    expect(await problemsOf(aRequest({ recipients, content: { messageBody } }))).toEqual([]);
  });

  it("knows what blank texts become in a form with files", async () => {
    const letter = {
      externalReferences: [{ referenceType: "Generic", referenceValue: "" }],
      propertyList: { k: " " },
      notification: { emailSubject: " ", emailBody: "Tekst" },
    };
    expect(await problemsOf(aRequest({ letter }))).toEqual([]);
    expect(await problemsOf(aRequest({ letter, attachments: [anAttachment()] }))).toEqual([
      "correspondence.externalReferences[0].referenceValue: blankInForm",
      "correspondence.propertyList: blankInForm",
      "correspondence.notification.emailSubject: notificationText",
    ]);
    const shared = aRequest({ letter, attachments: [anAttachment()], recipients: [organization(0), organization(1)] });
    expect(await problemsOf(shared)).toEqual([]);
  });
});

describe("long texts", () => {
  it("are refused without a long search", async () => {
    // Were it searched from each of its letters, this would take hours.
    const long = "a ".repeat(2_000_000);
    const problems = await problemsOf(
      aRequest({ content: { messageTitle: long }, letter: { sendersReference: long, messageSender: `[${long}` } }),
    );
    expect(problems).toEqual([
      "correspondence.sendersReference: maxLength",
      "correspondence.content.messageTitle: maxLength",
      "correspondence.messageSender: maxLength",
    ]);
  });
});

describe("any JSON", () => {
  it("gets an answer and never an exception, and each refusal says where", async () => {
    const names = [
      "correspondence",
      "recipients",
      "content",
      "attachments",
      "notification",
      "customRecipients",
      "blob",
    ];
    const hostile = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.jsonValue(),
        fc.dictionary(fc.constantFrom(...names, "propertyList", "externalReferences", "id"), tie("value")),
        fc.array(tie("value"), { maxLength: 3 }),
      ),
    })).value;
    await fc.assert(
      fc.asyncProperty(hostile, async (value) => {
        const parsed = await parseRequest(value, context);
        expect(parsed.ok).toBe(false);
        const problems = parsed.ok ? [] : parsed.problems;
        expect(problems.length).toBeGreaterThan(0);
        for (const { path, rule } of problems) {
          expect(rule).not.toBe("");
          if (typeof value === "object" && value !== null && !Array.isArray(value)) expect(path).not.toBe("");
        }
      }),
      { numRuns: 500 },
    );
  });

  it("in one field of a valid request is judged without an exception", async () => {
    const fields = Object.keys(aRequest().correspondence.content).concat("sendersReference", "dueDateTime", "sender");
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...fields), fc.jsonValue(), async (name, value) => {
        for (const request of [aRequest({ content: { [name]: value } }), aRequest({ letter: { [name]: value } })]) {
          const parsed = await parseRequest(request, context);
          if (!parsed.ok) expect(parsed.problems.every(({ path }) => path.includes(name))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("made of valid parts passes", async () => {
    const text = (maxLength: number) => fc.stringMatching(/^[\p{L}\p{N}][\p{L}\p{N} .,–-]*$/u, { maxLength });
    const valid = fc.record({
      title: text(255),
      body: text(30_000),
      first: fc.integer({ min: 0, max: 50 }),
      days: fc.integer({ min: 1, max: 100_000 }),
      known: fc.constantFrom("nb", "NN", "en", null, " "),
      files: fc.integer({ min: 0, max: 100 }),
      unknown: fc.jsonValue(),
    });
    await fc.assert(
      fc.asyncProperty(valid, async ({ title, body, first, days, known, files, unknown }) => {
        const request = aRequest({
          recipients: [organization(first), person(first)],
          content: { messageTitle: title, messageBody: body, language: known },
          attachments: Array.from({ length: files }, () => anAttachment({ expirationInDays: days, other: unknown })),
        });
        expect(await problemsOf(request)).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
