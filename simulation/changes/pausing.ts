// Changes in the room `pausing`.
import type { Change } from "./change.ts";

/** Each a fault, or harmless for a reason that it gives. */
export const PAUSING: readonly Change[] = [
  {
    name: "the brake is not polled",
    file: "pausing/emergencyBrake.ts",
    edits: [["if (clock.elapsed() - polledAt >= POLL) {", "if (polledAt === Number.NEGATIVE_INFINITY) {"]],
    fault: "Letters go out under the brake, in instances that started before.",
    foundBy: {
      scenario:
        "11: eight days under the brake, and nobody reads the announcements: nothing expires, then all are sent",
    },
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
    foundBy: { scenario: "one message runs several letters: Altinn is down, and what is left waits by one message" },
  },
  {
    name: "a second namespace",
    file: "pausing/deployment.ts",
    edits: [["  const others = await read(options.state);\n  if (others) return others;\n", "  return namespace;\n"]],
    fault: "Two instances that start together give one letter two keys.",
    foundBy: {
      scenario: "28: an instance makes the marker of fresh storage while another has made it: both go by that one",
    },
  },
];
