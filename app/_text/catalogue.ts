import { CATALOGUES } from '#core/text/all-languages.ts';
import type { Part } from '#core/text/catalogues.ts';
import { PSEUDO } from '#core/text/languages.ts';
import type { PageLanguage } from '#core/text/languages.ts';
import { pseudo } from '#core/text/pseudo.ts';
import type { Catalogue } from '#core/text/text.ts';

/** A part of the texts in the language of a page. Server only. */
export function catalogueOf(language: PageLanguage, part: Part): Catalogue {
  if (language !== PSEUDO) return CATALOGUES[language][part];
  return Object.fromEntries(Object.entries(CATALOGUES.en[part]).map(([key, message]) => [key, pseudo(message)]));
}
