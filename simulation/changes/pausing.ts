// Changes in the room `pausing`.
import type { Change } from "./change.ts";

/** Each a fault, or harmless for a reason that it gives. */
export const PAUSING: readonly Change[] = [
  {
    name: "the brake is not polled",
    file: "pausing/emergencyBrake.ts",
    edits: [["if (clock.elapsed() - polledAt >= POLL) {", "if (polledAt === Number.NEGATIVE_INFINITY) {"]],
    fault: "Letters go out under the brake, in instances that started before.",
  },
  {
    name: "a breaker that stays open",
    file: "pausing/breaker.ts",
    edits: [
      [
        "const isBlocked = () => policy.state === CircuitState.Open && performance.now() < openUntil;",
        "const isBlocked = () => policy.state === CircuitState.Open;",
      ],
    ],
    fault: "Once Altinn was down, nothing is sent any more by this instance.",
  },
  {
    name: "a second namespace",
    file: "pausing/deployment.ts",
    edits: [["  const others = await read(options.state);\n  if (others) return others;\n", "  return namespace;\n"]],
    fault: "Two instances that start together give one letter two keys.",
  },
];
