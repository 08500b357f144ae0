// What a handler of the simulator answers with, and the shapes that Altinn's errors have on the wire.

import { randomBytes } from "node:crypto";
import { errors } from "./errors.ts";

/** An HTTP answer, not yet sent. */
export interface Answer {
  readonly status: number;
  /** Null: no body and no content type. */
  readonly body: string | Uint8Array | Iterable<Uint8Array> | null;
  readonly contentType: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

const JSON_TYPE = "application/json; charset=utf-8";

/** An answer with a JSON body. */
export function jsonAnswer(status: number, body: unknown): Answer {
  return { status, body: JSON.stringify(body), contentType: JSON_TYPE };
}

/** An answer without a body. */
export function emptyAnswer(status: number): Answer {
  return { status, body: null, contentType: null };
}

/** Messages about fields, by the field's name as Altinn writes it (`Correspondence.Content.MessageTitle`, `$.recipients`). */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** A failure of the model's rules: 400, STD-00000. Fields with an empty list are listed, as Altinn does, and fine. */
export function modelFailure(fields: FieldErrors): Answer {
  const validationErrors = Object.entries(fields).flatMap(([field, messages]) =>
    messages.map((title) => ({ code: "CORR.VLD-00000", title, paths: [field.replaceAll(".", "/")] })),
  );
  return jsonAnswer(400, {
    type: typeOf(400),
    title: "Bad Request",
    status: 400,
    code: "STD-00000",
    traceId: traceId(),
    statusDescription: "Bad Request",
    validationErrors,
    errors: fields,
  });
}

/** A business error by its number. `identifiers` go into the text where Altinn names recipients. */
export function codedError(errorCode: number, identifiers: readonly string[] = []): Answer {
  const known = errors[errorCode];
  if (known === undefined) throw new Error(`no such Altinn error: ${errorCode}`);
  const title = titles[known.status] ?? "Error";
  const problem = {
    type: typeOf(known.status),
    title,
    status: known.status,
    detail: known.detail.replace("{0}", identifiers.join(", ")),
    code: `CORR-${String(errorCode).padStart(5, "0")}`,
    traceId: traceId(),
    statusDescription: known.status === 500 ? unhandledTitle : title,
    errorCode,
  };
  // Altinn writes traceId twice into the text of a coded error.
  const text = `${JSON.stringify(problem).slice(0, -1)},"traceId":${JSON.stringify(problem.traceId)}}`;
  return { status: known.status, body: text, contentType: JSON_TYPE };
}

const unhandledTitle = "An error occurred while processing your request.";

/** An exception that Altinn's server did not handle. */
export function unhandledError(): Answer {
  const body = JSON.stringify({ type: typeOf(500), title: unhandledTitle, status: 500, traceId: traceId() });
  return { status: 500, body, contentType: "application/problem+json" };
}

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  408: "Request Timeout",
  409: "Conflict",
  422: "Unprocessable Entity",
  451: "Unavailable For Legal Reasons",
  500: "Internal Server Error",
  502: "Bad Gateway",
};

const sections: Readonly<Record<number, string>> = {
  400: "15.5.1",
  401: "15.5.2",
  403: "15.5.4",
  404: "15.5.5",
  408: "15.5.9",
  409: "15.5.10",
  422: "15.5.21",
  500: "15.6.1",
  502: "15.6.3",
};

function typeOf(status: number): string {
  const section = sections[status];
  return section === undefined
    ? "https://tools.ietf.org/html/rfc9110"
    : `https://tools.ietf.org/html/rfc9110#section-${section}`;
}

function traceId(): string {
  return `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-00`;
}
