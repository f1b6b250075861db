import type { Catalogues, Part } from './catalogues.ts';
import { english } from './en/index.ts';
import { korean } from './ko/index.ts';
import { LANGUAGES } from './languages.ts';
import type { Language } from './languages.ts';
import { makeText } from './text.ts';
import type { Text } from './text.ts';

/** Every language that there is. Only servers load this: a page gets the part that it needs, in one language. */
export const CATALOGUES: Readonly<Record<Language, Catalogues>> = { en: english, ko: korean };

/** What is said outside of pages, in letters and files; whoever has chosen no language gets the first. */
export const textFor = (language: Language | null, part: Part): Text =>
  makeText(language ?? LANGUAGES[0], CATALOGUES[language ?? LANGUAGES[0]][part]);
