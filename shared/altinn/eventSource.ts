// Where an event comes from: Altinn pushes from addresses that it publishes, and events are not signed.
import { BlockList, isIP } from "node:net";

/** An address, or all addresses that begin with the same bits. */
export interface AddressRange {
  readonly address: string;
  /** Bits, as in CIDR (RFC 4632). */
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
}

/** Reads an address, or a range in CIDR notation; undefined if it is neither. */
export function readAddressRange(text: string): AddressRange | undefined {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0 || address.includes("%")) return undefined;
  const longest = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  return prefix >= 0 && prefix <= longest ? { address, prefix, family: version === 4 ? "ipv4" : "ipv6" } : undefined;
}

/**
 * Whether a request comes from one of the ranges, by its header X-Forwarded-For. Azure's front end puts the address of
 * whoever connected to it (`<address>:<port>`) at the end of what the header said before: all that stands in front was
 * written by the caller, and counts for nothing.
 */
export function createSourceCheck(ranges: readonly AddressRange[]): (forwardedFor: string | null) => boolean {
  const allowed = new BlockList();
  for (const { address, prefix, family } of ranges) allowed.addSubnet(address, prefix, family);
  return (forwardedFor) => {
    const address = withoutPort(forwardedFor?.split(",").at(-1)?.trim() ?? "");
    const version = isIP(address);
    return version !== 0 && allowed.check(address, version === 4 ? "ipv4" : "ipv6");
  };
}

/** `192.0.2.1:443`, `[2001:db8::1]:443` and addresses without a port. */
function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(text);
  return bracketed?.[1] ?? text.replace(/^([\d.]+):\d+$/, "$1");
}
