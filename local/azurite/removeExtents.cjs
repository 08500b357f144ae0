// Preloaded into Azurite (3.37): once a minute it removes what no message or blob refers to any more, and then sorts its
// index anew after each removal. After ten thousand messages it answers nobody for many minutes. This takes one entry out
// of the index and leaves the others where they are.
const { default: LokiExtentMetadataStore } = require("azurite/dist/src/common/persistence/LokiExtentMetadataStore");

LokiExtentMetadataStore.prototype.deleteExtent = async function deleteExtent(id) {
  const extents = this.db.getCollection(this.EXTENTS_COLLECTION);
  const extent = extents.findOne({ id });
  if (extent) extents.remove(extent);
};
