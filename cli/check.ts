// `npm run check`: a short cut to `npm run altinn -- check`, which says what the rules make of request files.
import { checkCommand } from "./altinn/check.ts";
import { runProgram } from "./program.ts";

process.exitCode = await runProgram(checkCommand, "npm run --silent check --");
