import type { Random } from '#core/math/random.ts';
import { kMeans, squaredDistance } from './k-means.ts';
import type { Points } from './k-means.ts';

/** Neighbours whose mean distance says how dense a place is. */
const NEIGHBOURS = 20;
const CLUSTERS_MAX = 500;

/**
 * TypiClust (Hacohen et al. 2022): cluster the embeddings into as many clusters as there will be labels, then ask for
 * the most typical image (highest density) of the largest clusters that hold no label yet. Far better than random draws
 * below ten labels a class.
 * @param points [n, d] embeddings of all candidates
 * @param labeled rows that are labeled already
 * @returns up to `budget` rows, in the order in which to ask
 */
export function chooseTypical(points: Points, labeled: readonly number[], budget: number, random: Random): number[] {
  const open = points.count - labeled.length;
  const wanted = Math.min(budget, open);
  if (wanted <= 0) return [];
  const cluster = kMeans(points, Math.min(CLUSTERS_MAX, labeled.length + wanted), random);
  const members = new Map<number, number[]>();
  for (let i = 0; i < points.count; i += 1) members.set(cluster[i] ?? 0, [...(members.get(cluster[i] ?? 0) ?? []), i]);
  const taken = new Set(labeled);
  const covered = new Map<number, number>();
  for (const row of labeled) covered.set(cluster[row] ?? 0, (covered.get(cluster[row] ?? 0) ?? 0) + 1);
  const chosen: number[] = [];
  while (chosen.length < wanted) {
    const next = [...members]
      .filter(([, rows]) => rows.some((row) => !taken.has(row)))
      .sort(
        ([a, left], [b, right]) => (covered.get(a) ?? 0) - (covered.get(b) ?? 0) || right.length - left.length || a - b,
      )[0];
    if (!next) break;
    const [id, rows] = next;
    const row = mostTypical(points, rows, taken);
    chosen.push(row);
    taken.add(row);
    covered.set(id, (covered.get(id) ?? 0) + 1);
  }
  return chosen;
}

/** The row with the smallest mean distance to its nearest neighbours within the cluster. */
function mostTypical(points: Points, rows: readonly number[], taken: ReadonlySet<number>): number {
  let best = rows.find((row) => !taken.has(row)) ?? 0;
  let least = Infinity;
  for (const row of rows) {
    if (taken.has(row)) continue;
    const distances = rows
      .filter((other) => other !== row)
      .map((other) => Math.sqrt(squaredDistance(points, row, points, other)))
      .sort((a, b) => a - b);
    const near = distances.slice(0, NEIGHBOURS);
    const mean = near.length === 0 ? 0 : near.reduce((sum, d) => sum + d, 0) / near.length;
    if (mean < least) [least, best] = [mean, row];
  }
  return best;
}
