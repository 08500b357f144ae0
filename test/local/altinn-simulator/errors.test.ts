// The simulator knows every error number that was recorded or that the contract names.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { errors } from "../../../local/altinn-simulator/errors.ts";
import { loadCases } from "../../recorded/expand.ts";

// Those that no recording shows; 2002, 2014 and 2022 depend on Altinn's own state and come by a fault.
const fromTheContract = [
  1007, 1008, 1014, 1017, 1024, 1025, 1026, 1027, 1041, 1043, 1047, 1050, 1061, 2001, 2002, 2006, 2011, 2014, 2019,
  2020, 2022, 3017,
];

it("knows every error number", () => {
  const answers = readFileSync(new URL("../../recorded/answers.json", import.meta.url), "utf8");
  const recorded = [...answers.matchAll(/"errorCode":(\d+)/gu)].map(([, code]) => Number(code));
  const cases = loadCases().flatMap(({ errorCode }) => (errorCode === undefined ? [] : [errorCode]));
  const known = new Set(Object.keys(errors).map(Number));
  expect([...recorded, ...cases, ...fromTheContract].filter((code) => !known.has(code))).toEqual([]);
  expect([...known].filter((code) => ![...recorded, ...cases, ...fromTheContract].includes(code))).toEqual([]);
});
