import { LANGUAGE_COOKIE } from '#core/text/languages.ts';
import type { PageLanguage } from '#core/text/languages.ts';

/** Keeps the language for this browser; pages that are asked for from now on come in it. Browser only. */
export function keepLanguage(language: PageLanguage): void {
  document.cookie = `${LANGUAGE_COOKIE}=${language}; path=/; max-age=31536000; samesite=lax`;
}
