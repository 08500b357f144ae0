// What the resource registry says of a resource. The beginning of its id decides.

/** A resource as the simulator knows it. */
export interface Resource {
  /** Without the prefix `urn:altinn:resource:`. */
  readonly id: string;
  readonly exists: boolean;
  /** May the caller send on it, if it is theirs? */
  readonly access: boolean;
  /** The organisation that alone may send on it (`org313721779-letters`); undefined: whoever calls. */
  readonly owner: string | undefined;
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
    owner: /^org(\d{9})-/u.exec(id)?.[1],
    kind: id.startsWith("altinnapp") ? "app" : id.startsWith("generic") ? "generic" : "correspondence",
    confidential: id.startsWith("confidential"),
    authenticationLevel: id.startsWith("level3"),
  };
}

/** May this organisation send on a resource, and list what was sent on it? */
export function mayUse({ access, owner }: Resource, organisation: string): boolean {
  return access && (owner === undefined || owner === organisation);
}
