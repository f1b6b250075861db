import { readdirSync, readFileSync } from 'node:fs';

type Process = { pid: number; name: string; state: string; parent: number };

/**
 * Whether the Postgres server with this process number is certainly gone, though its number still answers: it may be a
 * zombie that a container's first process never reaps, or belong to another program by now. Postgres itself only asks
 * whether the number answers, and would refuse to start for ever. While orphaned backends live (for a moment after a
 * kill -9) it is not gone. Linux only.
 */
export function isGone(serverPid: number, processes: Process[] = readProcesses()): boolean {
  const living = processes.filter((p) => p.name === 'postgres' && p.state !== 'Z');
  const pids = new Set(living.map((p) => p.pid));
  if (pids.has(serverPid)) return false;
  // A backend whose parent is no living server is an orphan. A server started by hand has such a parent too: then we
  // only wait.
  return living.every((p) => pids.has(p.parent) || living.some((child) => child.parent === p.pid));
}

/** Reads /proc/PID/stat, which everybody may read, unlike /proc/PID/cwd. */
function readProcesses(): Process[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const parsed = parseStat(readFileSync(`/proc/${entry}/stat`, 'utf8'));
      return parsed ? [parsed] : [];
    } catch {
      return []; // It ended while we looked.
    }
  });
}

/** `123 (name) S 1 ...`: the name may hold spaces and brackets. */
export function parseStat(line: string): Process | null {
  const match = /^(\d+) \((.*)\) (\S) (\d+)/s.exec(line);
  return match
    ? { pid: Number(match[1]), name: match[2] ?? '', state: match[3] ?? '', parent: Number(match[4]) }
    : null;
}
