// Letters as producers drop them, in tests.
import { organization } from "../builders/request.ts";
import { RESOURCE } from "../harness/world.ts";

/** The POST of a letter, with or without files, as the proxy names it. */
export const POST_LETTER = /^altinn POST \/correspondence\/api\/v1\/correspondence(\/upload)?$/;

/** Look-ups by key, and lists. */
export const LOOK_UP = /^altinn GET \/correspondence\/api\/v1\/correspondence$/;

export interface LetterOptions {
  readonly id?: string;
  readonly recipients?: readonly string[];
  readonly attachments?: readonly object[];
  readonly content?: object;
  readonly letter?: object;
  readonly request?: object;
}

/** A letter that Altinn takes. */
export function aLetter({ id, recipients, attachments, content, letter, request }: LetterOptions = {}): object {
  return {
    ...(id === undefined ? {} : { id }),
    correspondence: {
      resourceId: RESOURCE,
      sendersReference: "2030/1",
      content: {
        language: "nb",
        messageTitle: "Vedtak",
        messageSummary: "Vedtak i saken",
        messageBody: "# Vedtak\n\nDu har fått et vedtak.",
        ...(attachments === undefined ? {} : { attachments }),
        ...content,
      },
      ...letter,
    },
    recipients: recipients ?? [organization()],
    ...request,
  };
}
