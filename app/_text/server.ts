import type { Metadata } from 'next';
import { cookies, headers } from 'next/headers';
import { chooseLanguage, LANGUAGE_COOKIE, parseLanguage } from '#core/text/languages.ts';
import type { PageLanguage } from '#core/text/languages.ts';
import { makeText } from '#core/text/text.ts';
import type { Key, Text } from '#core/text/text.ts';
import { catalogueOf } from './catalogue.ts';

/** The language of a page: what was chosen on this browser, else what the browser asks for. Server only. */
export async function readLanguage(): Promise<PageLanguage> {
  const chosen = parseLanguage((await cookies()).get(LANGUAGE_COOKIE)?.value);
  return chosen ?? chooseLanguage((await headers()).get('accept-language') ?? '');
}

/** What pages of every kind say, for what the server draws itself. */
export async function readText(): Promise<Text> {
  const language = await readLanguage();
  return makeText(language, catalogueOf(language, 'everywhere'));
}

type Title = Extract<Key, `title.${string}` | 'common.noConnection'>;

/** The title of a page in its language: `export const generateMetadata = titled('title.label')`. */
export const titled = (key: Title) => async (): Promise<Metadata> => ({ title: (await readText()).t(key) });
