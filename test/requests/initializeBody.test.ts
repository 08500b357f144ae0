// The body for one recipient, and the same as form fields.
import { describe, expect, it } from "vitest";
import { organization } from "../../local/parties.ts";
import { toFormFields, toInitializeBody } from "../../shared/requests/initializeBody.ts";
import { parseRequest } from "../../shared/requests/parseRequest.ts";
import { anAttachment, aRequest } from "../builders/request.ts";

const key = "0193b2c1-0000-7000-8000-000000000001";
const [first, second] = ["0193b2c1-0000-7000-8000-00000000000a", "0193b2c1-0000-7000-8000-00000000000b"];

async function requestOf(value: unknown) {
  const parsed = await parseRequest(value, { environment: "tt02", now: new Date("2030-01-01T00:00:00Z") });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.request;
}

describe("the body for one recipient", () => {
  it("is what was written, without the app's own fields", async () => {
    const written = aRequest({
      recipients: [organization(0), organization(1)],
      content: { bodyFormat: "markdown", newField: [1] },
      letter: { isConfidential: false, sender: null },
      request: { id: "1", statusQueue: "q", nonsense: { a: 1 }, existingAttachments: [first] },
    });
    const { bodyFormat: _, ...content } = { ...written.correspondence.content, bodyFormat: "" };
    expect(toInitializeBody(await requestOf(written), organization(1), key, [first])).toEqual({
      nonsense: { a: 1 },
      correspondence: { ...written.correspondence, content },
      recipients: [organization(1)],
      existingAttachments: [first],
      idempotentKey: key,
    });
  });

  it("keeps new attachments' metadata without their blobs", async () => {
    const request = await requestOf(aRequest({ attachments: [anAttachment({ isEncrypted: true, other: 1 })] }));
    expect(toInitializeBody(request, organization(), key, [])).toMatchObject({
      correspondence: {
        content: {
          attachments: [{ fileName: "vedtak.pdf", sendersReference: "vedtak", isEncrypted: true, other: 1 }],
        },
      },
    });
    expect(JSON.stringify(toInitializeBody(request, organization(), key, []))).not.toContain("blob");
  });

  it("leaves the metadata out when the files were shared beforehand", async () => {
    const request = await requestOf(
      aRequest({ attachments: [anAttachment()], request: { existingAttachments: [first] } }),
    );
    const body = toInitializeBody(request, organization(), key, [first, second]);
    expect(body).toMatchObject({ existingAttachments: [first, second] });
    expect(JSON.stringify(body)).not.toContain("fileName");
  });
});

describe("form fields", () => {
  it("flatten a body, with properties as pairs, and leave nulls out", async () => {
    const request = await requestOf(
      aRequest({
        attachments: [anAttachment()],
        content: { messageSummary: null, messageBody: "a\nb\r\nc" },
        letter: {
          propertyList: { "a.b": "1", "c[0]": "2" },
          externalReferences: [{ referenceType: 0, referenceValue: "v" }],
          ignoreReservation: true,
          replyOptions: [],
        },
      }),
    );
    expect(toFormFields(toInitializeBody(request, organization(), key, []))).toEqual([
      ["correspondence.resourceId", "test-letters"],
      ["correspondence.sendersReference", "2030/1"],
      ["correspondence.content.language", "nb"],
      ["correspondence.content.messageTitle", "Vedtak"],
      ["correspondence.content.messageBody", "a\nb\r\nc"],
      ["correspondence.content.attachments[0].fileName", "vedtak.pdf"],
      ["correspondence.content.attachments[0].sendersReference", "vedtak"],
      ["correspondence.propertyList[0].Key", "a.b"],
      ["correspondence.propertyList[0].Value", "1"],
      ["correspondence.propertyList[1].Key", "c[0]"],
      ["correspondence.propertyList[1].Value", "2"],
      ["correspondence.externalReferences[0].referenceType", "0"],
      ["correspondence.externalReferences[0].referenceValue", "v"],
      ["correspondence.ignoreReservation", "true"],
      ["recipients[0]", organization()],
      ["idempotentKey", key],
    ]);
  });
});
