// The memory of a process that still runs, from /proc (Linux).
import { readFile } from "node:fs/promises";

/**
 * Resident memory at its highest so far, in MB (1,000,000 bytes). `resourceUsage().maxRSS` begins with what the parent had
 * when it forked, and so hides what is below that.
 */
export function peakMemoryMB(pid: number): Promise<number> {
  return read(pid, "VmHWM");
}

/** Resident memory now, in MB. */
export function residentMemoryMB(pid: number): Promise<number> {
  return read(pid, "VmRSS");
}

async function read(pid: number, field: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => {
    throw new Error("Memory is read from /proc, which this machine does not have: run this on Linux.");
  });
  const [, kibibytes] = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status) ?? [];
  if (kibibytes === undefined) throw new Error(`/proc/${pid}/status does not tell ${field}.`);
  return Math.round((Number(kibibytes) * 1024) / 1_000_000);
}
