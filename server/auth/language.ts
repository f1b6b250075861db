import type { IncomingMessage } from 'node:http';
import { chooseLanguage, LANGUAGE_COOKIE, parseLanguage, PSEUDO } from '#core/text/languages.ts';
import type { Language } from '#core/text/languages.ts';

/** The language of the page that asks: what was chosen in that browser, else what the browser asks for. */
export function languageOf({ headers }: Pick<IncomingMessage, 'headers'>): Language {
  const cookie = new RegExp(`(?:^|;\\s*)${LANGUAGE_COOKIE}=([\\w-]+)`).exec(headers.cookie ?? '')?.[1];
  const chosen = parseLanguage(cookie);
  return chosen === null || chosen === PSEUDO ? chooseLanguage(headers['accept-language'] ?? '') : chosen;
}
