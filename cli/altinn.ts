// `npm run altinn -- <command>`, and the package's `altinn-correspondence`: everything that operators type.
import { createAltinn } from "./commands.ts";
import { runProgram } from "./program.ts";

process.exitCode = await runProgram(createAltinn, process.env.ALTINN_CALLED_AS || "npm run altinn --");
