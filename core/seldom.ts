/** Silence after the first of a kind, ms; it doubles each time until the longest. */
const FIRST_MS = 60_000;
const LONGEST_MS = 3_600_000;

interface Known {
  pauseMs: number;
  saidAt: number;
  seenAt: number;
  unsaid: number;
}

/**
 * For what may go on failing for hours: say it when it begins, then seldom. What stayed away for as long as its silence
 * begins anew.
 * @param now ms
 * @returns asked at each time, by kind: null to keep silent, else how often it came unsaid since it was said last
 */
export function createSeldom(now: () => number = Date.now): (kind: string) => number | null {
  const known = new Map<string, Known>();
  return (kind) => {
    const at = now();
    const last = known.get(kind);
    if (!last || at - last.seenAt >= last.pauseMs) {
      known.set(kind, { pauseMs: FIRST_MS, saidAt: at, seenAt: at, unsaid: 0 });
      return last?.unsaid ?? 0;
    }
    last.seenAt = at;
    if (at - last.saidAt < last.pauseMs) {
      last.unsaid += 1;
      return null;
    }
    const { unsaid } = last;
    known.set(kind, { pauseMs: Math.min(last.pauseMs * 2, LONGEST_MS), saidAt: at, seenAt: at, unsaid: 0 });
    return unsaid;
  };
}
