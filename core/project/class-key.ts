/** A name as it is kept: composed (NFC, as Macs do not write it), trimmed, white space in it single. */
export const tidyName = (name: string): string => name.normalize('NFC').trim().replaceAll(/\s+/gu, ' ');

/** What two names of one class share: spelling in any case and any Unicode form. `dog`, `Dog ` and `DOG` are one. */
export const classKey = (name: string): string => tidyName(name).toLowerCase();

/**
 * Finds a class by a name as people and files write it: the very name first, else the one that differs only in case,
 * white space or Unicode form.
 *
 * @example
 *   const find = findClass([{ name: 'Dog' }]);
 *   find('dog')?.name; // 'Dog'
 */
export function createClassFinder<T extends { name: string }>(classes: readonly T[]): (name: string) => T | undefined {
  const exact = new Map(classes.map((item) => [item.name, item]));
  const folded = new Map<string, T>();
  for (const item of classes) if (!folded.has(classKey(item.name))) folded.set(classKey(item.name), item);
  return (name) => exact.get(name) ?? folded.get(classKey(name));
}
