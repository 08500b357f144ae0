// The processor time of a process that still runs, from /proc (Linux).
import { readFile } from "node:fs/promises";

/** User and system time of a process so far, in milliseconds (Linux counts in hundredths of a second). */
export async function processorMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
