// `npm run attachment`: a short cut to `npm run altinn -- attachment`, for attachments that are uploaded once.
import { attachmentCommand } from "./altinn/attachment.ts";
import { runProgram } from "./program.ts";

process.exitCode = await runProgram(attachmentCommand, "npm run --silent attachment --");
