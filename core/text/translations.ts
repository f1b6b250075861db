import { LANGUAGES, PSEUDO } from './languages.ts';
import type { Language, PageLanguage } from './languages.ts';

/** A text that people wrote, in further languages, beside the plain one that is everybody's. */
export type Translations = Partial<Readonly<Record<Language, string>>>;

const isWritten = (text: string | undefined): text is string => text !== undefined && text.trim() !== '';

/**
 * The text that a reader gets: that of their language where it is written, else the plain one. A server of before this
 * sends no others.
 */
export function readIn(language: PageLanguage, plain: string, translations: Translations = {}): string {
  const own = language === PSEUDO ? undefined : translations[language];
  return isWritten(own) ? own : plain;
}

/** Translations after a change: a language that it does not name stays as it is, one without a text goes. */
export function changeTranslations(before: Translations, change: Translations): Translations {
  const after: { [L in Language]?: string } = {};
  for (const language of LANGUAGES) {
    const text = change[language] ?? before[language];
    if (isWritten(text)) after[language] = text;
  }
  return after;
}

/** The languages in which nothing is written: whoever reads these gets the plain text. */
export const missingIn = (translations: Translations): Language[] =>
  LANGUAGES.filter((language) => !isWritten(translations[language]));
