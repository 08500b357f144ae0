// The model of a blob container against Azurite: the same calls, whatever they are, have the same answers.
import type { ContainerClient } from "@azure/storage-blob";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { createJsonBlobs, type JsonBlobs, type Tags } from "../../shared/storage/jsonBlobs.ts";
import { tagValue, whereTag } from "../../shared/storage/tags.ts";
import { ModelBlobs } from "../../simulation/blobs.ts";
import { documentsOf } from "../../simulation/storageClient.ts";
import { type StorageAccount, startStorage } from "../harness/storage.ts";

let account: StorageAccount;
let containers = 0;
beforeAll(async () => {
  account = await (await startStorage()).account();
});

/** One call. A version is given by its place among those that were ever told; later ones than there are mean nobody's. */
type Step =
  | { readonly kind: "create"; readonly name: string; readonly value: unknown; readonly tags?: Tags }
  | {
      readonly kind: "replace";
      readonly name: string;
      readonly value: unknown;
      readonly version: number | "latest";
      readonly tags?: Tags;
    }
  | { readonly kind: "remove"; readonly name: string; readonly version?: number | "latest" }
  | { readonly kind: "read" | "exists"; readonly name: string }
  /** What somebody else puts there, in place of JSON. */
  | { readonly kind: "put"; readonly name: string; readonly text: string }
  | { readonly kind: "find"; readonly where: string }
  /** Goes on from where the last page of the same query ended, or begins anew. */
  | { readonly kind: "findPage"; readonly where: string; readonly limit: number; readonly goesOn: boolean }
  | { readonly kind: "list"; readonly withTags: boolean }
  | { readonly kind: "isEmpty"; readonly exceptFor?: string };

const name = fc.constantFrom(
  "marker.json",
  "requests/1.json",
  "requests/10.json",
  "requests/2.json",
  "Requests/2.json",
  "dispatches/a b.json",
  "dispatches/a+b%2F.json",
  "dispatches/blåbær.json",
);
const value = fc.oneof(fc.jsonValue(), fc.string({ unit: "binary" }), fc.dictionary(fc.string(), fc.string()));
/** Values as the app writes them: ids, days and numbers as they are, all else coded. Those that are alike come often. */
const TAGS = ["waiting", "Waiting", "waiting ", "2026-03-02", "2026-03-10", "9", "10", "", " ", "b64:", "a_b", "a-b"];
const tag = fc.oneof(
  fc.constantFrom(...TAGS),
  fc.string({ unit: "binary" }).map(tagValue),
  fc.stringMatching(/^[A-Za-z0-9 +\-./:=_]{1,8}$/),
);
const tags = fc.record({ state: tag, request: tag, due: tag }, { requiredKeys: [] });
/** A tag is asked for by one value, from or up to one, or between two: to two values at once Azurite answers 500. */
const bound = fc.oneof(tag, fc.constant(" "));
const conditions = (key: string) =>
  fc.oneof(
    fc.constant([]),
    fc.tuple(fc.constantFrom("=", "<", "<=", ">", ">="), bound).map(([operator, of]) => [whereTag(key, operator, of)]),
    fc
      .tuple(fc.constantFrom("<", "<="), tag, bound)
      .map(([operator, from, to]) => [whereTag(key, ">=", from), whereTag(key, operator, to)]),
  );
const where = fc.oneof(
  // Asked again and again, so that one goes on where it ended.
  fc.constantFrom(whereTag("state", ">", " "), whereTag("due", ">=", "")),
  fc
    .tuple(conditions("state"), conditions("request"), conditions("due"))
    .map((each) => each.flat().join(" AND "))
    .filter((query) => query !== ""),
);
const version = fc.oneof(fc.constant("latest" as const), fc.nat(12));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("create"), name, value, tags }, { requiredKeys: ["kind", "name", "value"] }),
  fc.record({ kind: fc.constant("create"), name, value: fc.constant(1), tags }),
  fc.record(
    { kind: fc.constant("replace"), name, value, version, tags },
    { requiredKeys: ["kind", "name", "value", "version"] },
  ),
  fc.record({ kind: fc.constant("remove"), name, version }, { requiredKeys: ["kind", "name"] }),
  fc.record({ kind: fc.constantFrom("read", "exists"), name }),
  fc.record({ kind: fc.constant("put"), name, text: fc.constantFrom("", "{", '{"a":1}', "NaN", "\ufeff1") }),
  fc.record({ kind: fc.constant("find"), where }),
  fc.record({ kind: fc.constant("findPage"), where, limit: fc.integer({ min: 1, max: 3 }), goesOn: fc.boolean() }),
  fc.record({ kind: fc.constant("list"), withTags: fc.boolean() }),
  fc.record({ kind: fc.constant("isEmpty"), exceptFor: name }, { requiredKeys: ["kind"] }),
);

/** Makes calls, and tells their answers without what no two storages have in common: versions and tokens as they come. */
class Caller {
  readonly #blobs: JsonBlobs;
  readonly #put: (name: string, text: string) => Promise<string>;
  readonly #versions: string[] = [];
  readonly #latest = new Map<string, string>();
  readonly #tokens = new Map<string, string>();

  constructor(blobs: JsonBlobs, put: (name: string, text: string) => Promise<string>) {
    this.#blobs = blobs;
    this.#put = put;
  }

  async answer(step: Step): Promise<unknown> {
    const blobs = this.#blobs;
    switch (step.kind) {
      case "create":
        return this.#known(step.name, await blobs.create(step.name, step.value, step.tags));
      case "replace":
        return this.#known(
          step.name,
          await blobs.replace(step.name, step.value, this.#given(step.name, step.version), step.tags),
        );
      case "remove":
        return step.version === undefined
          ? blobs.remove(step.name)
          : blobs.remove(step.name, this.#given(step.name, step.version));
      case "read": {
        const read = await blobs.read(step.name);
        return read && { value: read.value, version: this.#known(step.name, read.etag) };
      }
      case "exists":
        return blobs.exists(step.name);
      case "put":
        return this.#known(step.name, await this.#put(step.name, step.text));
      case "find":
        return all(blobs.find(step.where));
      case "findPage": {
        const token = step.goesOn ? this.#tokens.get(step.where) : undefined;
        const { found, next } = await blobs.findPage(step.where, step.limit, token);
        this.#tokens.delete(step.where);
        if (next !== undefined) this.#tokens.set(step.where, next);
        return { found, more: next !== undefined };
      }
      case "list": {
        const listed = await all(blobs.list({ withTags: step.withTags }));
        // When it was, the one knows by its own time; that it is told in full seconds is the same.
        return listed.map(({ writtenAt, ...blob }) => ({ ...blob, isFullSecond: writtenAt % 1_000 === 0 }));
      }
      case "isEmpty":
        return blobs.isEmpty(...(step.exceptFor === undefined ? [] : [step.exceptFor]));
    }
  }

  #known(name: string, etag: string | undefined): number | undefined {
    if (etag === undefined) return undefined;
    this.#latest.set(name, etag);
    if (!this.#versions.includes(etag)) this.#versions.push(etag);
    return this.#versions.indexOf(etag);
  }

  #given(name: string, version: number | "latest"): string {
    const nobodys = '"0x8DC0000000000AA"';
    return (version === "latest" ? this.#latest.get(name) : this.#versions[version]) ?? nobodys;
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const gathered: T[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}

async function ofAzurite(): Promise<Caller> {
  const container = account.blobs.getContainerClient(`container-${++containers}`);
  await container.create();
  return new Caller(createJsonBlobs(container), (path, text) => putText(container, path, text));
}

async function putText(container: ContainerClient, path: string, text: string): Promise<string> {
  return (await container.getBlockBlobClient(path).upload(text, Buffer.byteLength(text))).etag ?? "";
}

function ofModel(): Caller {
  // No full second.
  const model = new ModelBlobs({ now: () => Date.UTC(2026, 2, 2, 8) + 123, lag: () => 0 });
  const blobs = documentsOf(async (_name, work) => work(), "state", model);
  return new Caller(blobs, async (path, text) => model.put(path, text));
}

async function compare(steps: readonly Step[]): Promise<void> {
  const [azurite, model] = [await ofAzurite(), ofModel()];
  for (const [index, one] of steps.entries()) {
    expect(await model.answer(one), `of call ${index}, ${one.kind}`).toEqual(await azurite.answer(one));
  }
}

test("any calls have the same answers of the model and of Azurite", async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), compare), {
    numRuns: 20,
    endOnFailure: true,
  });
});

test("each value of a tag compares with each other as it does in Azurite, and none with a blob that has no such tag", async () => {
  const operators = ["=", "<", "<=", ">", ">="] as const;
  await compare([
    // Last come first by name.
    ...TAGS.map(
      (state, index): Step => ({ kind: "create", name: `${99 - index}.json`, value: index, tags: { state } }),
    ),
    { kind: "create", name: "none.json", value: 1, tags: { due: "waiting" } },
    ...TAGS.flatMap((value) =>
      operators.map((operator): Step => ({ kind: "find", where: whereTag("state", operator, value) })),
    ),
  ]);
});
