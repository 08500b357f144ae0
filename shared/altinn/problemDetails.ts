// Altinn's problem details, read leniently: some answers are a bare JSON string, HTML, or nothing at all.
import * as z from "zod";
import { maskText } from "./mask.ts";

/** What a refusal says, with nothing in it that has to be hidden. */
export interface ProblemDetails {
  /** Altinn's number for the rule. */
  readonly errorCode?: number;
  /** Such as `CORR-01034` or `STD-00000`. */
  readonly code?: string;
  /** Whether Altinn's application itself speaks, and not something that stands before it. */
  readonly isProblem: boolean;
  /** The fields that the model's rules object to, as Altinn writes them; never a property's key. */
  readonly fields: readonly string[];
  /** What it says, masked. */
  readonly detail?: string;
}

/** The code of failures of the model's rules. They have no error code of their own. */
const MODEL_FAILURE = "STD-00000";
const MAX_DETAIL = 500;
const MAX_FIELDS = 20;

/** Altinn names the recipients in these, user names too, which no mask would find. */
const ownTexts: ReadonlyMap<number, string> = new Map([
  [1029, "Altinn does not know the recipient."],
  [1030, "The recipient has reserved against digital post. ignoreReservation would override that."],
  [1044, "Nobody at the recipient has the role that the resource asks for."],
]);

const body = z.object({
  errorCode: z.number().int().optional().catch(undefined),
  code: z
    .string()
    .regex(/^[A-Z]{2,8}-\d{1,8}$/)
    .optional()
    .catch(undefined),
  title: z.string().optional().catch(undefined),
  detail: z.string().optional().catch(undefined),
  errors: z.record(z.string(), z.unknown()).catch({}),
});

/** Reads the body of a refusal: its JSON (undefined when it is none). */
export function parseProblem(json: unknown): ProblemDetails {
  const parsed = body.safeParse(json);
  if (!parsed.success) return { isProblem: false, fields: [] };
  const { errorCode, code, title, detail, errors } = parsed.data;
  const isModelFailure = errorCode === undefined && code === MODEL_FAILURE;
  const fields = isModelFailure ? fieldsOf(errors) : [];
  const own = errorCode === undefined ? undefined : ownTexts.get(errorCode);
  const text = isModelFailure ? modelFailure(fields) : (own ?? detail ?? title);
  return {
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(code === undefined ? {} : { code }),
    isProblem: errorCode !== undefined || code === MODEL_FAILURE,
    fields,
    ...(text === undefined ? {} : { detail: maskText(text).slice(0, MAX_DETAIL) }),
  };
}

/** Altinn's own texts repeat keys and values, so this says only where. */
function modelFailure(fields: readonly string[]): string {
  return fields.length === 0
    ? "A field breaks Altinn's rules."
    : `These fields break Altinn's rules: ${fields.join(", ")}.`;
}

function fieldsOf(errors: Readonly<Record<string, unknown>>): string[] {
  const names = new Set<string>();
  for (const [name, messages] of Object.entries(errors)) {
    // A field that is fine may stand there with an empty list.
    if (Array.isArray(messages) && messages.length === 0) continue;
    names.add(fieldName(name));
  }
  return [...names].slice(0, MAX_FIELDS);
}

/** A step of a path: a name as this API has them, and where in a list. Anything else is somebody's own word. */
const step = /^[A-Za-z]{1,40}(?:\[\d{1,4}\])*$/;

/**
 * The field's path without what its writer chose: it ends before a property's key, and before the first step that no
 * field of Altinn's is called.
 */
export function fieldName(path: string): string {
  const steps: string[] = [];
  for (const part of path.split(/[./]/)) {
    if (part === "$" && steps.length === 0) {
      steps.push(part);
      continue;
    }
    const beforeBracket = part.replace(/\[.*$/s, "");
    if (/^propertyList$/i.test(beforeBracket)) return [...steps, beforeBracket].join(".");
    if (!step.test(part)) {
      if (step.test(beforeBracket)) steps.push(beforeBracket);
      break;
    }
    steps.push(part);
  }
  return steps.length === 0 || steps.join("") === "$" ? "(request)" : steps.join(".");
}
