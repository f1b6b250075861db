/**
 * Text from a file, as Postgres can keep it: control characters (NUL above all) become spaces, half characters are
 * replaced. A name that the database refuses would take the good files beside it down too.
 */
export const toStorable = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ').replaceAll(/\p{Cs}/gu, '\uFFFD');

/** 1, 'image' → '1 image'; 3, 'image' → '3 images'; irregular plurals are given. */
export const plural = (count: number, noun: string, many = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : many}`;
