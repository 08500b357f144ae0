// The most memory that a process has had so far.
import { readFile } from "node:fs/promises";

/**
 * Resident memory at its highest, in MB, of a process that still runs. From /proc (Linux): `resourceUsage().maxRSS`
 * begins with what the parent had when it forked, and so hides what is below that.
 */
export async function peakMemoryMB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => {
    throw new Error("Peak memory is read from /proc, which this machine does not have: run this on Linux.");
  });
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kibibytes === undefined) throw new Error(`/proc/${pid}/status does not tell the peak memory.`);
  return Math.round((Number(kibibytes) * 1024) / 1_000_000);
}
