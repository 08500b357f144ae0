// One record stops none of the others; storage that fails on all of them stops the sweep.
import { describe, expect, it } from "vitest";
import { passingOver } from "../../shared/records/eachRecord.ts";
import { UnreadableRecord } from "../../shared/records/records.ts";
import { createTelemetry } from "../../shared/telemetry/telemetry.ts";

function aSweep() {
  const logs: string[] = [];
  const passOver = passingOver(createTelemetry((level, line) => logs.push(`${level} ${line}`)));
  const about = { dispatchId: "c7a1c2d4-3b5e-5f60-8a71-92b3c4d5e6f7" };
  const meet = (error?: Error) =>
    passOver(about, async () => {
      if (error) throw error;
    });
  return { logs, meet };
}

describe("52: going through many records", () => {
  it("passes over one that fails, and says which", async () => {
    const { logs, meet } = aSweep();
    expect(await meet(new TypeError("storage"))).toBe(false);
    expect(await meet()).toBe(true);
    expect(logs).toEqual([expect.stringMatching(/^error .*"recordPassedOver".*c7a1c2d4.*"TypeError"/)]);
  });

  it("ends at the tenth in a row that fails, with its error, and not before", async () => {
    const { meet } = aSweep();
    const nine = async () => {
      for (let failure = 0; failure < 9; failure++) expect(await meet(new Error("storage"))).toBe(false);
    };
    await nine();
    await meet();
    await nine();
    await expect(meet(new Error("storage is down"))).rejects.toThrow("storage is down");
  });

  it("passes over any number that a newer version has written", async () => {
    const { logs, meet } = aSweep();
    for (let record = 0; record < 30; record++) expect(await meet(new UnreadableRecord("newer"))).toBe(false);
    expect(logs).toHaveLength(30);
    expect(logs[0]).toMatch(/^error .*"recordUnreadable"/);
  });
});
