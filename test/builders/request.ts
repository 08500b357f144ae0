// Requests for tests: what a test does not care about is valid.
import { organization } from "../../local/parties.ts";

/** What `aRequest` can be told. `letter`, `content` and `request` add or replace fields; undefined removes one. */
export interface RequestOverrides {
  readonly recipients?: readonly string[];
  readonly attachments?: readonly object[];
  readonly content?: object;
  readonly letter?: object;
  readonly request?: object;
}

/** A queue message that is valid as it is: one letter to one organisation. */
export function aRequest(overrides: RequestOverrides = {}) {
  return {
    correspondence: {
      resourceId: "test-letters",
      sendersReference: "2030/1",
      content: {
        language: "nb",
        messageTitle: "Vedtak",
        messageSummary: "Vedtak i saken",
        messageBody: "# Vedtak\n\nDu har fått et vedtak.",
        ...(overrides.attachments === undefined ? {} : { attachments: overrides.attachments }),
        ...overrides.content,
      },
      ...overrides.letter,
    },
    recipients: overrides.recipients ?? [organization()],
    ...overrides.request,
  };
}

/** A new attachment that is valid as it is. */
export function anAttachment(overrides: object = {}) {
  return { blob: "cases/1/vedtak.pdf", fileName: "vedtak.pdf", sendersReference: "vedtak", ...overrides };
}
