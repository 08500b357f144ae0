import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSourceCheck, readAddressRange } from "../../shared/altinn/eventSource.ts";

function ranges(...texts: string[]) {
  return texts.map((text) => {
    const range = readAddressRange(text);
    if (range === undefined) throw new Error(`${text} is no range`);
    return range;
  });
}

describe("an address range", () => {
  it.each([
    ["20.100.24.41", { address: "20.100.24.41", prefix: 32, family: "ipv4" }],
    ["20.100.24.0/24", { address: "20.100.24.0", prefix: 24, family: "ipv4" }],
    ["0.0.0.0/0", { address: "0.0.0.0", prefix: 0, family: "ipv4" }],
    ["2001:db8::/32", { address: "2001:db8::", prefix: 32, family: "ipv6" }],
    ["::1", { address: "::1", prefix: 128, family: "ipv6" }],
  ])("is read: %s", (text, range) => {
    expect(readAddressRange(text)).toEqual(range);
  });

  it.each([
    "",
    "20.100.24",
    "20.100.24.41/33",
    "20.100.24.41/",
    "1.2.3.4/8/8",
    "::1/129",
    "fe80::1%eth0",
    "1.2.3.4/-1",
  ])("is refused: %j", (text) => {
    expect(readAddressRange(text)).toBeUndefined();
  });
});

describe("where an event comes from", () => {
  const isFromAltinn = createSourceCheck(ranges("20.100.24.41", "2001:db8::/32"));

  it.each([
    "20.100.24.41",
    "20.100.24.41:51234",
    "192.0.2.1, 20.100.24.41:51234",
    "[2001:db8::7]:443",
    "2001:db8::7",
    "::ffff:20.100.24.41",
    "[::ffff:20.100.24.41]:443",
  ])("is Altinn: %s", (header) => {
    expect(isFromAltinn(header)).toBe(true);
  });

  it.each([
    [null],
    [""],
    ["20.100.24.42"],
    ["20.100.24.41, 192.0.2.1:51234"],
    ["20.100.24.41,"],
    ["20.100.24.41:51234:1"],
    ["20.100.24.41 192.0.2.1"],
    ["unknown"],
    ["[2001:db9::7]:443"],
    ["for=20.100.24.41"],
  ])("is not Altinn: %j", (header) => {
    expect(isFromAltinn(header)).toBe(false);
  });

  it("is what the platform wrote at the end, whatever the caller wrote before it", () => {
    fc.assert(
      fc.property(fc.string(), fc.ipV4(), (written, address) => {
        expect(isFromAltinn(`${written}, ${address}:4711`)).toBe(address === "20.100.24.41");
        expect(isFromAltinn(`${written}, 20.100.24.41:4711`)).toBe(true);
      }),
    );
  });
});
