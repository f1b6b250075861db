/** How often each of these comes. */
export function tallyOf<K extends string>(items: Iterable<K>): Partial<Record<K, number>> {
  const counts = new Map<K, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return Object.fromEntries(counts) as Partial<Record<K, number>>;
}

export const sumOf = (tally: Partial<Record<string, number>>): number =>
  Object.values(tally).reduce<number>((sum, n) => sum + (n ?? 0), 0);
