/** Sorts what has names as the language of the page does: numbers by their value, in Korean Hangul first. */
export function byName<T extends { name: string }>(list: readonly T[], locale: string): T[] {
  const { compare } = new Intl.Collator(locale, { numeric: true });
  return list.toSorted((a, b) => compare(a.name, b.name));
}
