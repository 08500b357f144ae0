// A claim to an upload that another invocation has taken over meanwhile.
import { expect, test } from "vitest";
import { MINUTE } from "../../shared/clock.ts";
import { type CorrespondenceRequest, parseRequest } from "../../shared/requests/parseRequest.ts";
import type { SendingContext } from "../../shared/sending/context.ts";
import { newPreparation, type Preparation, preparationOf } from "../../shared/sending/preparation.ts";
import type { Work } from "../../shared/sending/preparationWork.ts";
import type { RequestRecord } from "../../shared/sending/requestRecord.ts";
import { takeUploadStep } from "../../shared/sending/uploadStep.ts";
import type { AcceptedRequest } from "../../shared/tracking/stateStore.ts";
import { aRequest } from "../builders/request.ts";

const NOW = Date.UTC(2030, 0, 1);

function aRequestWithFile(): CorrespondenceRequest {
  const attachments = [{ fileName: "vedtak.txt", sendersReference: "v", blob: "vedtak.txt" }];
  const rules = {
    environment: "tt02",
    resources: new Set(["my-resource"]),
    statusQueues: new Set<string>(),
    now: new Date(NOW),
  } as const;
  const parsed = parseRequest(aRequest({ attachments, letter: { resourceId: "my-resource" } }), rules as never);
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join());
  return parsed.request;
}

test("it is not renewed, and what the call came to is not recorded", async () => {
  const initialized = { state: "initialized", attachmentId: "1", cuts: 0 } as const;
  const begun: Preparation = { ...newPreparation(1, NOW), uploads: [initialized] };
  let stored = { requestId: "r", preparation: begun } as unknown as RequestRecord;
  let writes = 0;
  const requests = {
    read: async () => ({ value: stored, etag: String(writes) }),
    async replace(_id: string, value: RequestRecord, etag: string) {
      if (etag !== String(writes)) return undefined;
      stored = value;
      return String(++writes);
    },
  };
  const others = { by: "another", until: NOW + 20 * MINUTE };
  let writesOfOthers = 0;
  const context = {
    clock: { now: () => NOW, scale: Number.POSITIVE_INFINITY },
    newId: () => "ours",
    store: { requests },
    attachments: { look: async () => ({ sizeBytes: 6, etag: '"1"' }), open: async () => [] },
    altinn: {
      async uploadAttachment() {
        expect(preparationOf(stored).uploads[0]?.claim?.by).toBe("ours");
        stored = { ...stored, preparation: { ...begun, uploads: [{ ...initialized, claim: others }] } };
        writesOfOthers = ++writes;
        // Longer than from one renewal to the next.
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        return { kind: "uploaded" };
      },
    },
  } as unknown as SendingContext;
  const work: Work = {
    context,
    accepted: { attachmentEtags: {} } as unknown as AcceptedRequest,
    request: aRequestWithFile(),
    problem: undefined,
    known: { value: stored, etag: "0" },
    checked: undefined,
    bytes: 0,
  };
  await takeUploadStep(work, { step: "upload", index: 0 });
  expect(preparationOf(stored).uploads).toEqual([{ ...initialized, claim: others }]);
  expect(writes).toBe(writesOfOthers);
});
