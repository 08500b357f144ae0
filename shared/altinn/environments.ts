// Where Altinn and Maskinporten are reached, and where Altinn calls from, for each of Altinn's environments.
import type { AddressRange } from "./eventSource.ts";

/** The environments of Altinn that service owners send from. */
export const ALTINN_ENVIRONMENTS = ["tt02", "production"] as const;

/** One of Altinn's environments. */
export type AltinnEnvironment = (typeof ALTINN_ENVIRONMENTS)[number];

/** The two addresses that every other one is made from, and the one that Altinn calls from. */
export interface AltinnAddresses {
  /** Altinn's platform, without a slash at the end. */
  readonly platformUrl: string;
  /** Maskinporten's issuer: also the `aud` of a grant, so letter for letter as Maskinporten writes it. */
  readonly maskinportenIssuer: string;
  /** Where Altinn Events pushes from. */
  readonly eventsAddress: AddressRange;
}

const addresses: Readonly<Record<AltinnEnvironment, AltinnAddresses>> = {
  tt02: {
    platformUrl: "https://platform.tt02.altinn.no",
    maskinportenIssuer: "https://test.maskinporten.no/",
    eventsAddress: { address: "20.100.24.41", prefix: 32, family: "ipv4" },
  },
  production: {
    platformUrl: "https://platform.altinn.no",
    maskinportenIssuer: "https://maskinporten.no/",
    eventsAddress: { address: "20.100.46.139", prefix: 32, family: "ipv4" },
  },
};

/** The addresses of an environment. */
export function addressesOf(environment: AltinnEnvironment): AltinnAddresses {
  return addresses[environment];
}

/** Whether an address may be called: https, or http to this very machine (a stand-in of Altinn in development). */
export function isCallable(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== "" || password !== "") return false;
  if (protocol === "https:") return true;
  return protocol === "http:" && (hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname));
}

/** An address without the slashes at its end, so that paths can be put after it. */
export function withoutTrailingSlash(address: string): string {
  return address.replace(/\/+$/, "");
}
