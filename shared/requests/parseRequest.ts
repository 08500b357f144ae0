// From a JSON value to a request that Altinn would take, as far as that can be known beforehand.
import type { z } from "zod";
import { withoutNulls } from "./absent.ts";
import { readBody } from "./body/messageBody.ts";
import { field } from "./json.ts";
import { withoutExcess } from "./listLimits.ts";
import { toFinding } from "./messages.ts";
import { withCanonicalNames } from "./names.ts";
import { type Finding, formatPath, type Problem, toProblems } from "./problem.ts";
import { hintsOnMissing } from "./requestHints.ts";
import { findBetweenFields, type RequestContext } from "./rules.ts";
import { type Correspondence, requestSchema, type WireRequest } from "./schema.ts";
import { findUnknownFields, refusedFields } from "./unknownFields.ts";
import { findWarnings } from "./warnings.ts";

/** A new attachment: Altinn's metadata as written, and the path of its bytes. */
export type NewAttachment = NonNullable<Correspondence["content"]["attachments"]>[number] & { readonly blob: string };

/** A request that has passed every check that can be made without asking Altinn. */
export interface CorrespondenceRequest {
  /** The producer's own id; without one, the request's digest takes its place. */
  readonly id?: string;
  /** The letter under canonical names, unknown fields kept; `resourceId` as written, the body always in Markdown. */
  readonly correspondence: Correspondence;
  /** As written; all different under `canonicalRecipient`. */
  readonly recipients: readonly string[];
  /** Ids of attachments that Altinn has already. */
  readonly existingAttachments: readonly string[];
  readonly idempotentKey?: string;
  readonly statusQueue?: string;
  /** The new attachments, in the order of `correspondence.content.attachments`. */
  readonly attachments: readonly NewAttachment[];
  /** Fields on the top level that this app does not know, for Altinn. */
  readonly unknownFields: Readonly<Record<string, unknown>>;
}

/**
 * What became of a message: a request, or everything that is wrong with it in the order of the document. In both cases
 * with what Altinn would take and the sender may not mean (`warnings`, in the same order).
 */
export type ParsedRequest =
  | { readonly ok: true; readonly request: CorrespondenceRequest; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: Problem[]; readonly warnings: readonly Problem[] };

/**
 * Checks a request against Altinn's rules and the app's own. Names may be in any case. Rejects only when a part of the app
 * cannot be loaded: what few letters need (readers of HTML, of Markdown that is more than plain text, and of telephone
 * numbers) is loaded by the first that does.
 *
 * @param value the decoded message (`decodeMessage`), or a file's JSON
 */
export async function parseRequest(value: unknown, context: RequestContext): Promise<ParsedRequest> {
  const written = withoutExcess(withoutNulls(withCanonicalNames(value)));
  const { request, findings: ofBody, warnings: aboutBody } = await readBody(written);
  const unknown = findUnknownFields(written);
  const refused = new Set(refusedFields(unknown, context.unknownFields ?? "refuse-near"));
  // First, since of two findings by one rule the first counts: the limit of a body depends on its format.
  const findings: Finding[] = [...ofBody];
  const isComplete = fulfilsSchema(request, findings, hintsOnMissing(written, unknown));
  for (const finding of await findBetweenFields(request, context)) findings.push(finding);
  for (const finding of refused) findings.push(finding);
  const passed = unknown.filter((finding) => !refused.has(finding));
  const warnings = toProblems([...passed, ...(await findWarnings(written)), ...aboutBody], written);
  if (!isComplete || findings.length > 0) return { ok: false, problems: toProblems(findings, request), warnings };
  return { ok: true, request: toRequest(request), warnings };
}

// zod copies what it parses, and drops a property called __proto__: the value itself is what goes on.
function fulfilsSchema(
  request: unknown,
  findings: Finding[],
  hint: (path: string) => string | undefined,
): request is WireRequest {
  const result = requestSchema.safeParse(request);
  if (result.success) return true;
  // One by one: there can be more of them than a call takes arguments.
  for (const issue of result.error.issues) {
    const value = at(request, issue.path);
    const finding = toFinding(issue, value);
    const more = value === undefined ? hint(formatPath(finding.path)) : undefined;
    findings.push(more === undefined ? finding : { ...finding, message: `${finding.message} ${more}` });
  }
  return false;
}

function at(value: unknown, path: z.core.$ZodIssue["path"]): unknown {
  let current = value;
  for (const step of path) {
    current = Array.isArray(current) && typeof step === "number" ? current[step] : field(current, String(step));
  }
  return current;
}

function toRequest(wire: WireRequest): CorrespondenceRequest {
  const { id, correspondence, recipients, existingAttachments, idempotentKey, statusQueue, ...others } = wire;
  const { traceparent: _trace, tracestate: _state, ...unknownFields } = others;
  const attachments = (correspondence.content.attachments ?? []).flatMap((attachment) =>
    attachment.blob === undefined ? [] : [{ ...attachment, blob: attachment.blob }],
  );
  return {
    ...(id === undefined ? {} : { id }),
    correspondence,
    recipients,
    existingAttachments: existingAttachments ?? [],
    ...(idempotentKey === undefined || idempotentKey === null ? {} : { idempotentKey }),
    ...(statusQueue === undefined || statusQueue === null ? {} : { statusQueue }),
    attachments,
    unknownFields,
  };
}
