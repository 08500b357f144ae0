// Whose a resource is. Pure: the resource of a letter decides, and nothing else.
import { withoutResourcePrefix } from "../altinn/wire.ts";

/** Somebody whose letters go out by this deployment, as far as whoever only asks for letters need know. */
export interface NamedSender {
  /** Lower-case letters, digits and hyphens. It stands in logs, and in the name of a queue. */
  readonly name: string;
  /** Ids without URN prefix; each is one sender's alone. */
  readonly resources: readonly string[];
  /** It has a queue of requests of its own, where nothing but its letters can be dropped. */
  readonly hasOwnQueue: boolean;
}

/** The senders of a deployment; most have none. */
export interface SendersOf<S extends NamedSender> {
  readonly all: readonly S[];
  /** Whose a resource is (its id with or without prefix); `undefined`: nobody's, so the deployment's own. */
  of(resourceId: string): S | undefined;
  named(name: string): S | undefined;
}

/** Senders by resource and by name. */
export function indexSenders<S extends NamedSender>(all: readonly S[]): SendersOf<S> {
  const byResource = new Map(all.flatMap((sender) => sender.resources.map((id) => [id, sender] as const)));
  const byName = new Map(all.map((sender) => [sender.name, sender]));
  return {
    all,
    of: (resourceId) => byResource.get(withoutResourcePrefix(resourceId)),
    named: (name) => byName.get(name),
  };
}
