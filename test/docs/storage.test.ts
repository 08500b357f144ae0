// docs/storage.md names everything that the app stores, and what it names is stored.
import { readdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { correspondenceTags } from "../../shared/records/correspondenceTags.ts";
import { deadLetterTags } from "../../shared/records/deadLetter.ts";
import { newDispatch } from "../../shared/records/dispatchRecord.ts";
import { dispatchTags } from "../../shared/records/dispatchTags.ts";
import { recordOf } from "../../shared/records/mergeCorrespondence.ts";
import { newPreparation } from "../../shared/records/preparation.ts";
import { newReceipt, receiptTags } from "../../shared/records/receiptRecord.ts";
import { cancelledBeforehand } from "../../shared/records/requestRecord.ts";
import { requestTags } from "../../shared/records/requestTags.ts";
import { ALL_QUEUES, CONTAINERS, DOCUMENTS, FOLDERS } from "../../shared/storage/names.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const document = await readFile(resolve(ROOT, "docs/storage.md"), "utf8");

/** The first two columns of the rows below a heading, without their marks. */
function rowsOf(heading: string): (readonly [string, string])[] {
  const [, section = ""] = document.split(`\n## ${heading}\n`);
  const rows =
    section
      .split("\n## ")[0]
      ?.split("\n")
      .filter((line) => line.startsWith("| ")) ?? [];
  return rows.slice(1).map((row) => {
    const [, first = "", second = ""] = row.replaceAll("`", "").split("|");
    return [first.trim(), second.trim()] as const;
  });
}

test("names each container, and each folder and document of the state container, once", () => {
  const rows = rowsOf("Blobs");
  const inState = rows.filter(([container]) => container === CONTAINERS.state).map(([, blob]) => blob.split("<")[0]);
  const folders = Object.values(FOLDERS).map((folder) => `${folder}/`);
  expect(inState).toEqual([...folders, ...Object.values(DOCUMENTS)]);
  expect([...new Set(rows.map(([container]) => container))].toSorted()).toEqual(Object.values(CONTAINERS).toSorted());
});

test("no blob's name is made up elsewhere than where it is named", async () => {
  const entries = await readdir(resolve(ROOT, "shared"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== "names.ts");
  const made: string[] = [];
  for (const { parentPath, name } of files) {
    const source = await readFile(resolve(parentPath, name), "utf8");
    for (const [text] of source.matchAll(/["`](?:[a-z-]+\/\$\{[^}]+\}|[a-z-]+)\.json["`]/g))
      made.push(`${name}: ${text}`);
  }
  expect(made).toEqual([]);
});

test("names each queue once", () => {
  const queues = rowsOf("Queue messages").map(([queue]) => queue.split(" ")[0]);
  expect(queues.toSorted()).toEqual(ALL_QUEUES.toSorted());
});

test("names each index tag, and no other", () => {
  const now = Date.parse("2030-01-01T12:00:00Z");
  const request = { ...cancelledBeforehand("id", "writer", now), claimCheck: { path: "p", etag: "e", lookAt: now } };
  const { cancel: _none, ...prepared } = { ...request, total: 2, preparation: newPreparation(1, now) };
  const single = { dispatchId: "d", idempotentKey: "k", isKeyGiven: false, recipient: "r", hasAttachments: false };
  const dispatch = newDispatch(request, single, now);
  const heard = { correspondenceId: "c", resourceId: "cases", heardAt: now };
  const link = { ...dispatch, sendersReference: "s", isConfirmationNeeded: false, postedAt: now };
  const letter = {
    version: 1,
    end: "rejected",
    reason: "invalidRequest",
    endedAt: now,
    epoch: 0,
    attempts: [],
  } as const;
  const files = [{ attachmentId: "a", problem: "expired" }] as const;
  const told = { sentBy: "o", sendersReference: "s", isConfirmationNeeded: false, files };
  const tags = {
    "requests/": [requestTags(prepared), requestTags({ ...prepared, fannedOut: 2 })],
    "dispatches/": [dispatchTags(dispatch), dispatchTags({ ...dispatch, state: "rejected", endedAt: now })],
    "correspondences/": [correspondenceTags(recordOf(heard)), correspondenceTags(recordOf({ ...heard, link }))],
    "receipts/": [receiptTags(newReceipt("c", "cases", now)), receiptTags({ ...newReceipt("c", "cases", now), told })],
    "dead letters": [deadLetterTags({ ...letter, resourceId: "cases", requestId: "r", sendersReference: "s" })],
  };
  const written = Object.entries(tags).flatMap(([blobs, sets]) =>
    [...new Set(sets.flatMap(Object.keys))].map((tag) => `${blobs} ${tag}`),
  );
  expect(written.toSorted()).toEqual(
    rowsOf("Index tags")
      .map((row) => row.join(" "))
      .toSorted(),
  );
});
