// A claim to an upload that another invocation has taken over meanwhile.
import { expect, test } from "vitest";
import { MINUTE } from "../../shared/clock.ts";
import { type CorrespondenceRequest, parseRequest } from "../../shared/requests/parseRequest.ts";
import type { SendingContext } from "../../shared/sending/context.ts";
import { newUploads, type UploadSet, withUpload } from "../../shared/sending/uploadSet.ts";
import { takeUploadStep, type UploadHolder } from "../../shared/sending/uploadStep.ts";
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
  let stored: UploadSet = withUpload(newUploads(1), 0, () => ({ state: "initialized", attachmentId: "1", cuts: 0 }));
  const changes: UploadSet[] = [];
  const change = async (how: (set: UploadSet) => UploadSet | undefined) => {
    const changed = how(stored);
    if (changed) changes.push(changed);
    stored = changed ?? stored;
  };
  const holder: UploadHolder = {
    get set() {
      return stored;
    },
    change,
    changeBeside: change,
  };
  const others = { by: "another", until: NOW + 20 * MINUTE };
  const context = {
    clock: { now: () => NOW, scale: Number.POSITIVE_INFINITY },
    newId: () => "ours",
    attachments: { look: async () => ({ sizeBytes: 6, etag: '"1"' }), open: async () => [] },
    altinn: {
      async uploadAttachment() {
        expect(stored.uploads[0]?.claim?.by).toBe("ours");
        stored = withUpload(stored, 0, (upload) => ({ ...upload, claim: others }));
        changes.length = 0;
        // Longer than from one renewal to the next.
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        return { kind: "uploaded" };
      },
    },
  };
  const files = { request: aRequestWithFile(), pinnedEtags: {} };
  // biome-ignore lint/suspicious/noExplicitAny: only what an upload asks of it.
  await takeUploadStep(context as any as SendingContext, holder, files, { step: "upload", index: 0 });
  expect(stored.uploads).toEqual([{ state: "initialized", attachmentId: "1", cuts: 0, claim: others }]);
  expect(changes).toEqual([]);
});
