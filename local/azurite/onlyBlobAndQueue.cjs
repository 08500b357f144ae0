// Preloaded into Azurite: the table service is not started, because nothing here uses it and it would take a port.
const { default: TableServer } = require("azurite/dist/src/table/TableServer");

TableServer.prototype.start = async () => undefined;
// Its store saves on a timer from the moment it is made, which would keep the process alive.
TableServer.prototype.close = TableServer.prototype.afterClose;
