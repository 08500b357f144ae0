// `npm run send`: a short cut to `npm run altinn -- send`, which drops request files on the queue.
import { sendCommand } from "./altinn/send.ts";
import { runProgram } from "./program.ts";

process.exitCode = await runProgram(sendCommand, "npm run --silent send --");
