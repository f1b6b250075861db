'use client';
import { useRouter } from 'next/navigation';
import type { Language } from '#core/text/languages.ts';
import { forgetShells } from '../_offline/worker.ts';
import { keepLanguage } from '../_text/language.ts';
import { useText } from '../_text/text.tsx';

/** The language of the page, and the way to another: this browser keeps it, and the page comes anew in it. */
export function useLanguage(): { language: string; setLanguage: (language: Language) => void } {
  const router = useRouter();
  const { language } = useText();
  return {
    language,
    setLanguage: (next) => {
      if (next === language) return;
      keepLanguage(next);
      // Where no server answers, a refresh loads the page anew from the kept shell, in its old language, for ever; and
      // what is kept is all there is to work with.
      void fetch('/api/health', { cache: 'no-store' }).then(
        ({ ok }) => {
          if (!ok) return;
          void forgetShells();
          router.refresh();
        },
        () => undefined,
      );
    },
  };
}
