// Azure Storage and Altinn as one sweep needs them, over HTTP, out of memory: a million letters of one day take no room.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { z } from "zod";
import { SECOND } from "../shared/clock.ts";
import type { CorrespondenceRecord } from "../shared/records/correspondenceRecord.ts";
import { correspondenceTags } from "../shared/records/correspondenceTags.ts";
import type { Tags } from "../shared/storage/jsonBlobs.ts";
import { FOLDERS, QUEUES } from "../shared/storage/names.ts";
import { listen } from "../test/harness/listen.ts";
import { conditionOf } from "../test/harness/memoryBlobs.ts";

/** Letters that are spread evenly over half a day. */
export interface ModelledLetters {
  readonly count: number;
  /** The publish time of the first, in epoch milliseconds. */
  readonly from: number;
  /** Read, and known to be: nothing more is to come. */
  readonly isSettled: (index: number) => boolean;
  /** Read, and nobody has told us. */
  readonly hasNews: (index: number) => boolean;
  /** What we know of a letter. */
  readonly record: (id: string, publishTime: number, isSettled: boolean) => CorrespondenceRecord;
}

export interface SweepModel {
  readonly url: string;
  /** Texts of messages that were put on `status-checks`, until somebody takes them. */
  readonly checks: string[];
  /** Calls of Altinn's API, and requests to storage, so far. */
  readonly counts: { altinn: number; storage: number };
  close(): Promise<void>;
}

const PAGE = 5000;
const MOST_LISTED = 1000;

/** Starts the model on a free port. */
export async function startSweepModel(letters: ModelledLetters): Promise<SweepModel> {
  const counts = { altinn: 0, storage: 0 };
  const checks: string[] = [];
  const blobs = blobModel(letters);
  const altinn = altinnModel(letters);
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error(error);
      response.writeHead(500).end();
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
    const body = await bodyOf(request);
    const [, service = "", container = "", ...path] = decodeURIComponent(url.pathname).split("/");
    if (service === "blob") {
      counts.storage++;
      blobs(request, { container, name: path.join("/"), query: url.searchParams, body }, response);
    } else if (service === "queue") {
      counts.storage++;
      if (request.method === "POST" && container === QUEUES.statusChecks) checks.push(textOf(body));
      answerQueue(request, response);
    } else {
      if (service === "correspondence") counts.altinn++;
      altinn(url, response);
    }
  }

  const { url, close } = await listen(server);
  return { url, checks, counts, close };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

function textOf(xml: string): string {
  const [, text = ""] = /<MessageText>(.*)<\/MessageText>/s.exec(xml) ?? [];
  return text.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

const LONG_AGO = new Date(0).toUTCString();

function answerQueue(request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== "POST") {
    response.writeHead(200, { "x-ms-approximate-messages-count": "0", "content-type": "application/xml" });
    response.end(`<?xml version="1.0"?><QueueMessagesList/>`);
    return;
  }
  const times = ["InsertionTime", "ExpirationTime", "TimeNextVisible"].map((name) => `<${name}>${LONG_AGO}</${name}>`);
  const message = `<MessageId>1</MessageId><PopReceipt>1</PopReceipt>${times.join("")}`;
  response.writeHead(201, { "content-type": "application/xml" });
  response.end(`<?xml version="1.0"?><QueueMessagesList><QueueMessage>${message}</QueueMessage></QueueMessagesList>`);
}

interface BlobRequest {
  readonly container: string;
  readonly name: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

const timeOf = ({ from, count }: ModelledLetters, index: number) => from + Math.floor((index * 43_200_000) / count);

function idOf(letters: ModelledLetters, index: number): string {
  const time = timeOf(letters, index).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${index.toString(16).padStart(12, "0")}`;
}

const indexOf = (id: string) => Number.parseInt(id.slice(-12), 16);

/** Letters' records as they were when the sweep began, and whatever was written since. */
function blobModel(letters: ModelledLetters) {
  const written = new Map<string, { readonly body: string; readonly etag: string; readonly tags: Tags }>();
  const nameOf = (index: number) => `${FOLDERS.correspondences}/${idOf(letters, index)}.json`;
  const recordAt = (index: number) =>
    letters.record(idOf(letters, index), timeOf(letters, index), letters.isSettled(index));
  // Records differ in their times alone.
  const [settled, unsettled] = [true, false].map((isSettled) =>
    correspondenceTags(letters.record(idOf(letters, 0), letters.from, isSettled)),
  );
  const tagsAt = (index: number): Tags => {
    const own = written.get(nameOf(index))?.tags;
    if (own) return own;
    if (letters.isSettled(index)) return settled ?? {};
    const lacks = unsettled?.lacks?.replace(/^\S+/, new Date(timeOf(letters, index)).toISOString()) ?? "";
    return { ...unsettled, lacks };
  };

  function find(where: string, marker: number): string {
    const named = conditionOf(where);
    const found: string[] = [];
    let index = marker;
    // Every letter has a status; what asks for tags of other blobs finds none.
    const isAboutLetters = where.includes('"follow"');
    for (; isAboutLetters && index < letters.count && found.length < PAGE; index++) {
      const tags = named(tagsAt(index));
      if (!tags) continue;
      const set = Object.entries(tags).map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`);
      const about = `<Name>${nameOf(index)}</Name><ContainerName>correspondence-state</ContainerName>`;
      found.push(`<Blob>${about}<Tags><TagSet>${set.join("")}</TagSet></Tags></Blob>`);
    }
    const next = isAboutLetters && index < letters.count ? index : "";
    return `<Blobs>${found.join("")}</Blobs><NextMarker>${next}</NextMarker>`;
  }

  return (request: IncomingMessage, { container, name, query, body }: BlobRequest, response: ServerResponse) => {
    if (query.get("comp") === "blobs" || query.get("comp") === "list") {
      const isFind = query.get("comp") === "blobs" && container === "correspondence-state";
      const found = isFind ? find(query.get("where") ?? "", Number(query.get("marker") ?? 0)) : "<Blobs/><NextMarker/>";
      response.writeHead(200, { "content-type": "application/xml" });
      response.end(`<?xml version="1.0"?><EnumerationResults ServiceEndpoint="x">${found}</EnumerationResults>`);
      return;
    }
    const key = container === "correspondence-state" ? name : `${container}:${name}`;
    if (request.method === "DELETE") {
      written.delete(key);
      response.writeHead(202).end();
      return;
    }
    if (request.method === "PUT") {
      const tags = Object.fromEntries(new URLSearchParams(String(request.headers["x-ms-tags"] ?? "")));
      const etag = `"${Number(written.get(key)?.etag.slice(1, -1) ?? 1) + 1}"`;
      written.set(key, { body, etag, tags });
      response.writeHead(201, { etag, "last-modified": LONG_AGO }).end();
      return;
    }
    const isLetter = name.startsWith(`${FOLDERS.correspondences}/`);
    const kept = written.get(key);
    const text = kept?.body ?? (isLetter ? JSON.stringify(recordAt(indexOf(name.replace(".json", "")))) : undefined);
    if (text === undefined) {
      response.writeHead(404, { "x-ms-error-code": "BlobNotFound" }).end();
      return;
    }
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    response.writeHead(200, { etag: kept?.etag ?? '"1"', "last-modified": LONG_AGO, ...headers }).end(text);
  };
}

const listQuery = z.object({ status: z.string(), from: z.coerce.date(), to: z.coerce.date() });

/** Altinn's lists and details, and tokens that anybody gets. */
function altinnModel(letters: ModelledLetters) {
  const firstAfter = (time: number) => {
    let index = Math.floor(((time - letters.from) * letters.count) / 43_200_000) - 2;
    index = Math.min(Math.max(index, 0), letters.count);
    while (index < letters.count && timeOf(letters, index) <= time) index++;
    return index;
  };

  function list(query: URLSearchParams): { ids: string[] } {
    const { status, from, to } = listQuery.parse(Object.fromEntries(query));
    const ids: string[] = [];
    if (status !== "Read") return { ids };
    for (let index = firstAfter(to.getTime() - 1) - 1; index >= firstAfter(from.getTime()); index--) {
      if (letters.isSettled(index) || letters.hasNews(index)) ids.push(idOf(letters, index));
      if (ids.length === MOST_LISTED) break;
    }
    return { ids };
  }

  function details(id: string) {
    const publishTime = timeOf(letters, indexOf(id));
    const at = (seconds: number) => new Date(publishTime + seconds * SECOND).toISOString();
    const history = ["Initialized", "ReadyForPublish", "Published", "Fetched", "Read"];
    return {
      correspondenceId: id,
      resourceId: "my-resource",
      created: at(0),
      requestedPublishTime: at(0),
      status: "Read",
      statusChanged: at(4),
      published: at(2),
      read: at(4),
      statusHistory: history.map((status, index) => ({ status, statusChanged: at(index) })),
    };
  }

  const token = ["{}", JSON.stringify({ exp: 4_102_444_800 }), ""]
    .map((part) => Buffer.from(part).toString("base64url"))
    .join(".");

  return ({ pathname, origin, searchParams }: URL, response: ServerResponse) => {
    const [, id] = /\/correspondence\/([0-9a-f-]{36})\/details$/.exec(pathname) ?? [];
    const json = id
      ? details(id)
      : pathname.endsWith("/exchange/maskinporten")
        ? token
        : pathname.endsWith("/token")
          ? { access_token: "model", token_type: "Bearer", expires_in: 600 }
          : pathname.includes(".well-known")
            ? { token_endpoint: `${origin}/maskinporten/token` }
            : list(searchParams);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(json));
  };
}
