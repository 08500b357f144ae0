// Preloaded into Azurite (3.37): its database (lokijs 1.5) sorts whole indexes anew for each message or extent that is
// removed by a query, and after ten thousand of them it answers nobody for minutes. Here a few are taken out of the
// indexes one by one, as the database itself does with what is removed without a query.
const { Collection } = require(require.resolve("lokijs", { paths: [require.resolve("azurite/package.json")] }));

/** From so many on, sorting once is the quicker way. */
const MANY = 100;

const removeAndSort = Collection.prototype.removeBatchByPositions;

Collection.prototype.removeBatchByPositions = function removeBatchByPositions(positions) {
  if (positions.length >= MANY) return removeAndSort.call(this, positions);
  // Each removal moves the others.
  for (const document of positions.map((position) => this.data[position])) this.remove(document);
};
