import { readFileSync } from 'node:fs';

/**
 * When a process began, in the kernel's ticks (Linux) or '' where that is not known; null when there is no such
 * process.
 * @param {number} pid
 * @returns {string | null}
 */
export function startOf(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return null;
  }
  if (process.platform !== 'linux') return '';
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // One that has ended and that nobody has reaped, as in a container without an init, holds nothing any more.
    return state === 'Z' || state === 'X' ? null : (rest[18] ?? '');
  } catch {
    return null;
  }
}
