// What the resource registry says of a resource. The beginning of its id decides.

/** A resource as the simulator knows it. */
export interface Resource {
  /** Without the prefix `urn:altinn:resource:`. */
  readonly id: string;
  readonly exists: boolean;
  /** May the caller send on it? */
  readonly access: boolean;
  readonly kind: "correspondence" | "app" | "generic";
  readonly confidential: boolean;
  /** The resource asks for an authentication level. */
  readonly authenticationLevel: boolean;
}

/** Looks a resource up by its id, with or without the URN prefix. */
export function lookUpResource(resourceId: string): Resource {
  const id = resourceId.replace(/^urn:altinn:resource:/u, "");
  return {
    id,
    exists: !id.startsWith("unknown"),
    access: !id.startsWith("denied") && !id.startsWith("foreign"),
    kind: id.startsWith("altinnapp") ? "app" : id.startsWith("generic") ? "generic" : "correspondence",
    confidential: id.startsWith("confidential"),
    authenticationLevel: id.startsWith("level3"),
  };
}
