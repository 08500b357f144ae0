// Letters as producers drop them, in tests.
import { aRequest, type RequestOverrides } from "../builders/request.ts";
import { RESOURCE } from "../harness/world.ts";

/** The POST of a letter, with or without files, as the proxy names it. */
export const POST_LETTER = /^altinn POST \/correspondence\/api\/v1\/correspondence(\/upload)?$/;

/** Look-ups by key, and lists. */
export const LOOK_UP = /^altinn GET \/correspondence\/api\/v1\/correspondence$/;

/** A letter on a resource that the simulator knows. */
export function aLetter({ id, letter, request, ...rest }: RequestOverrides & { readonly id?: string } = {}): object {
  return aRequest({
    ...rest,
    letter: { resourceId: RESOURCE, ...letter },
    request: { ...(id === undefined ? {} : { id }), ...request },
  });
}
