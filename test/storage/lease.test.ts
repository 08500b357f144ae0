import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { whileRenewed } from "../../shared/storage/lease.ts";

test("it is renewed as long as the work lasts, also after a renewal has failed, and not a moment longer", async () => {
  let renewals = 0;
  let finish = () => {};
  const enough = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const renew = async () => {
    renewals++;
    if (renewals === 1) throw new Error("Storage is away");
    if (renewals === 3) finish();
  };
  expect(await whileRenewed(1, renew, () => enough.then(() => "done"))).toBe("done");
  const atTheEnd = renewals;
  await setTimeout(30);
  expect(renewals).toBe(atTheEnd);
});

test("what the work throws comes through, when a renewal under way has ended", async () => {
  let isRenewing = false;
  const renew = async () => {
    isRenewing = true;
    await setTimeout(20);
    isRenewing = false;
  };
  const work = async () => {
    while (!isRenewing) await setTimeout(1);
    throw new Error("The connection was cut");
  };
  await expect(whileRenewed(1, renew, work)).rejects.toThrow("cut");
  expect(isRenewing).toBe(false);
});
