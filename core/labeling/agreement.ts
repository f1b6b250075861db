/** How far people agree: the resolved answer, and chance-corrected agreement. */

/**
 * A person's newest annotations that their agreement and speed are told of: enough for a share to a few percent, few
 * enough to be asked for all day.
 */
export const RECENT_ANNOTATIONS = 200;

export interface Majority {
  /** The answer with most votes, or null for no votes or a tie at the top. */
  answer: string | null;
  /** Share of the votes that the top answer has; 0 for no votes. */
  share: number;
  votes: number;
  tied: boolean;
}

/** The answer most people gave; a tie at the top resolves nothing. */
export function majority(answers: readonly string[]): Majority {
  const counts = new Map<string, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const ranked = [...counts].sort((a, b) => b[1] - a[1]);
  const top = ranked[0];
  if (top === undefined) return { answer: null, share: 0, votes: 0, tied: false };
  const tied = ranked[1]?.[1] === top[1];
  return { answer: tied ? null : top[0], share: top[1] / answers.length, votes: answers.length, tied };
}

/**
 * Cohen's kappa (1960) of two raters on the items both answered. Null when there is no item, or when chance
 * agreement is 1 (both always give the same single answer), where kappa is not defined.
 */
export function cohenKappa(first: readonly (string | null)[], second: readonly (string | null)[]): number | null {
  const left = new Map<string, number>();
  const right = new Map<string, number>();
  let n = 0;
  let same = 0;
  first.forEach((a, i) => {
    const b = second[i];
    if (a === null || b === null || b === undefined) return;
    n += 1;
    if (a === b) same += 1;
    left.set(a, (left.get(a) ?? 0) + 1);
    right.set(b, (right.get(b) ?? 0) + 1);
  });
  if (n === 0) return null;
  let chance = 0;
  for (const [answer, count] of left) chance += (count * (right.get(answer) ?? 0)) / (n * n);
  return chance === 1 ? null : (same / n - chance) / (1 - chance);
}

/**
 * Fleiss' kappa (1971). `counts[item][category]` = raters who chose it; items with fewer than two ratings are left
 * out, and each item is weighted by its own number of ratings. Null where not defined.
 */
export function fleissKappa(counts: readonly (readonly number[])[]): number | null {
  const items = counts
    .map((row) => ({ row, n: row.reduce((sum, count) => sum + count, 0) }))
    .filter((item) => item.n >= 2);
  if (items.length === 0) return null;
  const ratings = items.reduce((sum, item) => sum + item.n, 0);
  const totals: number[] = [];
  let observed = 0;
  for (const { row, n } of items) {
    observed += row.reduce((sum, count) => sum + count * (count - 1), 0) / (n * (n - 1)) / items.length;
    row.forEach((count, c) => {
      totals[c] = (totals[c] ?? 0) + count;
    });
  }
  const chance = totals.reduce((sum, total) => sum + ((total ?? 0) / ratings) ** 2, 0);
  return chance === 1 ? null : (observed - chance) / (1 - chance);
}

/**
 * Krippendorff's alpha for nominal answers with missing data (Krippendorff 2011, coincidence matrix).
 * @param units answers by item; who gave them does not matter, null is a missing answer
 * @returns 1 for perfect, 0 for chance; null when no item has two answers or all answers are the same
 */
export function krippendorffAlpha(units: readonly (readonly (string | null)[])[]): number | null {
  const totals = new Map<string, number>();
  let n = 0;
  let disagreement = 0;
  for (const unit of units) {
    const counts = new Map<string, number>();
    for (const answer of unit) if (answer !== null) counts.set(answer, (counts.get(answer) ?? 0) + 1);
    const m = [...counts.values()].reduce((sum, count) => sum + count, 0);
    if (m < 2) continue;
    n += m;
    for (const [answer, count] of counts) {
      totals.set(answer, (totals.get(answer) ?? 0) + count);
      disagreement += (count * (m - count)) / (m - 1);
    }
  }
  let expected = 0;
  for (const total of totals.values()) expected += total * (n - total);
  return expected === 0 ? null : 1 - ((n - 1) * disagreement) / expected;
}
