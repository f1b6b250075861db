/** The languages that pages are written in; the first is what everybody gets whose browser asks for none of them. */
export const LANGUAGES = ['en', 'ko'] as const;
export type Language = (typeof LANGUAGES)[number];

/** English with accents, a third longer and in brackets: shows what stands outside the catalogue and what is cut. */
export const PSEUDO = 'en-XA';
export type PageLanguage = Language | typeof PSEUDO;

/** Each language by its own name, as people look for it. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', ko: '한국어' };

/** As Intl knows them. */
const LOCALES: Readonly<Record<PageLanguage, string>> = { en: 'en-US', ko: 'ko-KR', [PSEUDO]: 'en-US' };
export const localeOf = (language: PageLanguage): string => LOCALES[language];

export const LANGUAGE_COOKIE = 'pupil-language';

export const parseLanguage = (value: string | undefined): PageLanguage | null =>
  value === PSEUDO ? PSEUDO : (LANGUAGES.find((one) => one === value) ?? null);

/**
 * The language that a browser asks for first among ours (RFC 9110, 12.5.4): by weight, then as they stand; one that is
 * weighed 0 is not wanted.
 */
export function chooseLanguage(acceptLanguage: string): Language {
  const asked = acceptLanguage
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.trim().toLowerCase().split(';');
      const weight = parameters.map((one) => /^\s*q=([\d.]+)$/.exec(one)?.[1]).find((one) => one !== undefined);
      return { tag: tag.trim(), weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  for (const { tag } of asked) {
    const found = LANGUAGES.find((language) => tag === language || tag.startsWith(`${language}-`));
    if (found) return found;
  }
  return LANGUAGES[0];
}
