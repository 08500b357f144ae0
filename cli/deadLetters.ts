// `npm run dead-letters`: a short cut to `npm run altinn -- dead-letters`, for what will not be sent.
import { deadLettersHere } from "./altinn/deadLetters.ts";
import { runProgram } from "./program.ts";

process.exitCode = await runProgram(deadLettersHere, "npm run --silent dead-letters --");
