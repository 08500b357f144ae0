// Altinn's events for tests.

/**
 * An event about a correspondence as Altinn pushes it. `type` is without `no.altinn.correspondence.`, `time` in epoch
 * milliseconds; `overrides` adds or replaces attributes.
 */
export function anEvent(correspondenceId: string | undefined, type: string, time: number, overrides: object = {}) {
  return {
    specversion: "1.0",
    id: crypto.randomUUID(),
    type: `no.altinn.correspondence.${type}`,
    time: new Date(time).toISOString(),
    resource: "urn:altinn:resource:my-resource",
    resourceinstance: correspondenceId,
    source: "https://platform.tt02.altinn.no/correspondence/api/v1/correspondence",
    ...overrides,
  };
}
