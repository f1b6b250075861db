import type { Catalogues, Part } from '#core/text/catalogues.ts';
import { english } from '#core/text/en/index.ts';
import { korean } from '#core/text/ko/index.ts';
import { PSEUDO } from '#core/text/languages.ts';
import type { Language, PageLanguage } from '#core/text/languages.ts';
import { pseudo } from '#core/text/pseudo.ts';
import type { Catalogue } from '#core/text/text.ts';

/** Every language that there is. Only the server loads this: a page gets the part that it needs, in one language. */
export const CATALOGUES: Readonly<Record<Language, Catalogues>> = { en: english, ko: korean };

export function catalogueOf(language: PageLanguage, part: Part): Catalogue {
  if (language !== PSEUDO) return CATALOGUES[language][part];
  return Object.fromEntries(Object.entries(english[part]).map(([key, message]) => [key, pseudo(message)]));
}
