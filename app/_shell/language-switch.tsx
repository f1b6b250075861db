'use client';
import { LANGUAGE_NAMES, LANGUAGES } from '#core/text/languages.ts';
import type { Language } from '#core/text/languages.ts';
import { useText } from '../_text/text.tsx';
import { useLanguage } from './use-language.ts';

/**
 * Chooses the language before anybody is signed in.
 * @param onChoose for a page that brings its other languages along, since no server may answer
 */
export function LanguageSwitch({ onChoose }: { onChoose?: ((language: Language) => void) | undefined }) {
  const { t } = useText();
  const { language, setLanguage } = useLanguage();
  return (
    <div role="group" aria-label={t('common.language')} className="mt-4 flex justify-center gap-1 text-xs">
      {LANGUAGES.map((one) => (
        <button
          key={one}
          type="button"
          lang={one}
          aria-pressed={one === language}
          onClick={() => {
            setLanguage(one);
            onChoose?.(one);
          }}
          className="h-8 rounded-md px-3 text-muted hover:bg-hover hover:text-ink aria-pressed:font-medium
          aria-pressed:text-ink max-sm:h-10"
        >
          {LANGUAGE_NAMES[one]}
        </button>
      ))}
    </div>
  );
}
