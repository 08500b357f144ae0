// A parent for start.test.ts to kill: starts Azurite, stores something, tells Azurite's pid, and waits.
import { BlobServiceClient } from "@azure/storage-blob";
import { startAzurite } from "../../../local/azurite/start.ts";

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error("a directory is needed");
const azurite = await startAzurite({ directory });
await BlobServiceClient.fromConnectionString(azurite.connectionString).createContainer("kept");
process.send?.({ pid: azurite.pid });
setInterval(() => undefined, 1_000);
