// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';

/** For how many seconds the main thread was on a CPU; null where the system doesn't say (Linux only). It hardly depends on what else a machine does. */
export function mainThreadSeconds() {
  if (process.platform !== 'linux') return null;
  const [nanoseconds] = fs.readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
  return Number(nanoseconds) / 1e9;
}

/** CPU time of this process so far in seconds, its start included, and the most memory that it had at once in MiB. */
export function usage() {
  const cpu = process.cpuUsage();
  // `maxRSS` also counts what the parent had when it made this process (Linux).
  const highest = process.platform === 'linux' ? /^VmHWM:\s*(\d+) kB$/m.exec(fs.readFileSync('/proc/self/status', 'utf8')) : null;
  const kibibytes = highest === null ? process.resourceUsage().maxRSS : Number(highest[1]);
  return { cpuSeconds: (cpu.user + cpu.system) / 1e6, peakMib: kibibytes / 1024 };
}
