// JSON documents whose calls are counted: for what may cost only so much.
import type { JsonBlobs } from "./jsonBlobs.ts";

/** A page of an index query or a listing holds so many (Azure Storage, "Find Blobs by Tags", "List Blobs"). */
const PAGE = 5_000;

/** The same documents; `count` is told of each storage operation. */
export function countedBlobs(documents: JsonBlobs, count: (operations: number) => void): JsonBlobs {
  const counted =
    <A extends readonly unknown[], R>(call: (...given: A) => R) =>
    (...given: A): R => {
      count(1);
      return call(...given);
    };
  async function* paged<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    let seen = 0;
    count(1);
    for await (const item of items) {
      if (seen++ > 0 && seen % PAGE === 1) count(1);
      yield item;
    }
  }
  return {
    read: counted(documents.read),
    create: counted(documents.create),
    replace: counted(documents.replace),
    remove: counted(documents.remove),
    exists: counted(documents.exists),
    find: (where) => paged(documents.find(where)),
    findPage: counted(documents.findPage),
    list: () => paged(documents.list()),
    isEmpty: counted(documents.isEmpty),
  };
}
