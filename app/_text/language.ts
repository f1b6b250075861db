import { LANGUAGE_COOKIE } from '#core/text/languages.ts';
import type { PageLanguage } from '#core/text/languages.ts';

/** From now on pages come as the browser asks for them. */
export function forgetLanguage(): void {
  document.cookie = `${LANGUAGE_COOKIE}=; path=/; max-age=0; samesite=lax`;
}

/** Keeps the language for this browser; pages that are asked for from now on come in it. Browser only. */
export function keepLanguage(language: PageLanguage): void {
  document.cookie = `${LANGUAGE_COOKIE}=${language}; path=/; max-age=31536000; samesite=lax`;
}
