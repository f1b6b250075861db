/** Korean consonants that may end a syllable, in the order of Unicode (U+11A8 on), as those that may begin one. */
const FINALS = 'ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ'
  .split(' ')
  .map((letters) => letters.normalize('NFKD'));
const FIRST_FINAL = 0x11_a8;
/** Vowels that are typed as two, which Unicode keeps as one. */
const VOWELS = new Map(
  [
    ['ㅘ', 'ㅗㅏ'],
    ['ㅙ', 'ㅗㅐ'],
    ['ㅚ', 'ㅗㅣ'],
    ['ㅝ', 'ㅜㅓ'],
    ['ㅞ', 'ㅜㅔ'],
    ['ㅟ', 'ㅜㅣ'],
    ['ㅢ', 'ㅡㅣ'],
  ].map(([one, two]) => [(one ?? '').normalize('NFKD'), (two ?? '').normalize('NFKD')] as const),
);

const lower = (text: string, locale: string): string => text.normalize('NFC').toLocaleLowerCase(locale).trim();

/**
 * A text as it is searched: without case, accents and full widths, Hangul in its letters. A consonant at the end of a
 * syllable is the one that begins the next: who types 고양이 has written 공 on the way, and 고 who types 과일.
 */
export const foldText = (text: string, locale: string): string =>
  text
    .toLocaleLowerCase(locale)
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/gu, '')
    .replaceAll(/[\u1161-\u1175]/gu, (letter) => VOWELS.get(letter) ?? letter)
    .replaceAll(/[\u11a8-\u11c2]/gu, (letter) => FINALS[(letter.codePointAt(0) ?? 0) - FIRST_FINAL] ?? letter);

/**
 * Those whose name holds what was typed, the closest first: the name itself, what begins with it as it is written, what
 * begins with its letters, the rest; alike ones as they stood. All where nothing was typed.
 */
export function searchNames<T extends { name: string }>(
  list: readonly T[],
  typed: string,
  locale: string,
): readonly T[] {
  const needle = lower(typed, locale);
  if (needle === '') return list;
  const letters = foldText(needle, locale);
  return list
    .map((item) => {
      const name = lower(item.name, locale);
      const folded = foldText(name, locale);
      if (!folded.includes(letters)) return { item, rank: 0 };
      if (name === needle) return { item, rank: 4 };
      if (name.startsWith(needle)) return { item, rank: 3 };
      return { item, rank: folded.startsWith(letters) ? 2 : 1 };
    })
    .filter(({ rank }) => rank > 0)
    .toSorted((a, b) => b.rank - a.rank)
    .map(({ item }) => item);
}
