/**
 * What a map or list holds at a key, where anything else is a bug: a default would train one image with the label of
 * another. Not for inner loops over numbers, which keep typed arrays.
 * @throws Error naming the noun and the key
 * @example const place = must(places, imageId, 'image');
 */
export function must<K, V>(from: ReadonlyMap<K, V>, key: K, noun: string): V;
export function must<V>(from: readonly V[], key: number, noun: string): V;
export function must(from: ReadonlyMap<unknown, unknown> | readonly unknown[], key: unknown, noun: string): unknown {
  const value = from instanceof Map ? from.get(key) : (from as readonly unknown[])[key as number];
  if (value === undefined) throw new Error(`${noun} ${String(key)} is missing`);
  return value;
}
