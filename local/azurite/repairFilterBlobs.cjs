// Preloaded into Azurite (3.37): its tag queries find all blobs. Azurite itself takes the first 5,000 names, filters
// those and returns no continuation, so matches further on are lost. Here all names are filtered, then paged.
// test/local/azurite/filterBlobs.test.ts shows whether this is still needed.
const { default: LokiBlobMetadataStore } = require("azurite/dist/src/blob/persistence/LokiBlobMetadataStore");
const {
  generateQueryBlobWithTagsWhereFunction,
} = require("azurite/dist/src/blob/persistence/QueryInterpreter/QueryInterpreter");
const { toBlobTags } = require("azurite/dist/src/blob/utils/utils");

const LARGEST_PAGE = 5000;

/** Across containers names repeat, so the place in the listing is that of container and name. */
function position(blob) {
  return `${blob.containerName}/${blob.name}`;
}

/** Returns one page, ordered by container and name, and the marker of the next one ("" after the last). */
async function filterBlobs(context, account, container, where, maxResults = LARGEST_PAGE, marker = "") {
  if (container !== undefined) await this.checkContainerExist(context, account, container);
  const matchingTags = generateQueryBlobWithTagsWhereFunction(context, where);
  const query = { accountName: account, ...(container === undefined ? {} : { containerName: container }) };

  const found = [];
  for (const blob of this.db.getCollection(this.BLOBS_COLLECTION).find(query)) {
    if (blob.snapshot) continue;
    if (marker && position(blob) <= marker) continue;
    const item = { name: blob.name, containerName: blob.containerName, tags: blob.blobTags };
    const tags = matchingTags(item);
    if (tags.length > 0) found.push({ ...item, tags: { blobTagSet: toBlobTags(tags) } });
  }
  found.sort((a, b) => (position(a) < position(b) ? -1 : 1));

  const page = found.slice(0, maxResults);
  const last = page.at(-1);
  return [page, last && found.length > page.length ? position(last) : ""];
}

LokiBlobMetadataStore.prototype.filterBlobs = filterBlobs;
