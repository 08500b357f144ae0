// Stands for Azure Functions Core Tools in start.test.ts: `func start --port <port>` that lists two functions and takes
// every event.
import { createServer } from "node:http";

const port = Number(process.argv[process.argv.indexOf("--port") + 1]);
const functions = [{ name: "sendCorrespondence" }, { name: "receiveAltinnEvent" }];

process.stdout.write(`worker: ${process.env.languageWorkers__node__arguments}\n`);
createServer((request, response) => {
  request.resume();
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify(request.url === "/admin/functions" ? functions : {}));
}).listen(port, "127.0.0.1");
