/**
 * The image before and the one behind the open one. One that has left the list, excluded or moved since, still stands
 * where it was: before it is what was before, behind it what took its place.
 *
 * @param place of the open image; −1: not in the list
 * @param seen where it last was; −1: never in the list
 */
export function neighbours<T>(
  items: readonly T[],
  { place, seen }: { place: number; seen: number },
): { previous: T | null; next: T | null } {
  const at = place >= 0 ? place : seen;
  if (at < 0) return { previous: null, next: null };
  return { previous: items[at - 1] ?? null, next: items[place >= 0 ? at + 1 : at] ?? null };
}
