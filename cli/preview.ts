// `npm run preview`: a short cut to `npm run altinn -- preview`, which shows letters as their recipients will see them.
import { previewCommand } from "./altinn/preview.ts";
import { runProgram } from "./program.ts";

process.exitCode = await runProgram(previewCommand, "npm run --silent preview --");
