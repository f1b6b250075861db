/** Files fetched ahead of the decoder. */
const AHEAD = 8;

/** Fetches in the order of the items, a few ahead of whoever reads. A failure is thrown where its item would come. */
export async function* fetchAhead<Item, Got>(
  items: AsyncIterable<Item> | Iterable<Item>,
  fetchOne: (item: Item) => Promise<Got>,
): AsyncGenerator<Got> {
  const ahead: Promise<Got>[] = [];
  for await (const item of items) {
    const next = fetchOne(item);
    // It is waited for later; until then its failure is nobody's.
    next.catch(() => undefined);
    ahead.push(next);
    const first = ahead.length >= AHEAD ? ahead.shift() : undefined;
    if (first) yield await first;
  }
  for (const rest of ahead) yield await rest;
}
