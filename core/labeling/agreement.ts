/** How far people agree: the resolved answer, and chance-corrected agreement. */
import { classSetKey } from './class-set.ts';
import type { ClassSet } from './class-set.ts';

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
 * How alike two sets of classes are, 1 for equal and 0 for disjoint: the share of their classes that both have, times
 * 2/3 where one holds the other and 1/3 where each has something of its own (MASI, Passonneau 2006). Of two sets of one
 * class this asks whether they are the same.
 */
export function masi(first: ClassSet, second: ClassSet): number {
  if (classSetKey(first) === classSetKey(second)) return 1;
  const both = first.filter((id) => second.includes(id)).length;
  const nested = both === Math.min(first.length, second.length);
  return both === 0 ? 0 : ((both / (first.length + second.length - both)) * (nested ? 2 : 1)) / 3;
}

/**
 * Krippendorff's alpha with missing data (Krippendorff 2011, coincidence matrix), where two answers differ by what MASI
 * leaves: of answers of one class each it is the nominal one.
 * @param units answers by item; who gave them does not matter, null is a missing answer
 * @returns 1 for perfect, 0 for chance; null when no item has two answers or all answers are the same
 */
export function krippendorffAlpha(units: readonly (readonly (ClassSet | null)[])[]): number | null {
  const totals: Tally = new Map();
  let n = 0;
  let disagreement = 0;
  for (const unit of units) {
    const given = unit.filter((answer) => answer !== null);
    const m = given.length;
    if (m < 2) continue;
    n += m;
    const counts: Tally = new Map();
    for (const set of given) {
      addTo(counts, set);
      addTo(totals, set);
    }
    disagreement += unlikeness(counts, m) / (m - 1);
  }
  const expected = unlikeness(totals, n);
  return expected === 0 ? null : 1 - ((n - 1) * disagreement) / expected;
}

/** How often each set was answered, under its key. */
type Tally = Map<string, { set: ClassSet; count: number }>;

function addTo(tally: Tally, set: ClassSet): void {
  const key = classSetKey(set);
  tally.set(key, { set, count: (tally.get(key)?.count ?? 0) + 1 });
}

/**
 * The unlikeness of all ordered pairs of these `n` answers. Only sets that share a class are alike at all, so pairs are
 * looked for by class: as many answers of one class each as there may be cost one step a class.
 */
function unlikeness(tally: Tally, n: number): number {
  const withClass = new Map<string, Set<string>>();
  for (const [key, { set }] of tally)
    for (const id of set) withClass.set(id, (withClass.get(id) ?? new Set()).add(key));
  let alike = 0;
  for (const [key, { set, count }] of tally) {
    const near = new Set([key, ...set.flatMap((id) => [...(withClass.get(id) ?? [])])]);
    for (const other of near) {
      const found = tally.get(other);
      if (found) alike += count * found.count * masi(set, found.set);
    }
  }
  return n * n - alike;
}
