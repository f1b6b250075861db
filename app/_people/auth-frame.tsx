import type { ReactNode } from 'react';
import type { Language } from '#core/text/languages.ts';
import { LanguageSwitch } from '../_shell/language-switch.tsx';
import { Logo } from '../_shell/logo.tsx';

/** The calm page for entering: sign-in, first owner, invitation. */
export function AuthFrame({
  title,
  description,
  onLanguage,
  children,
}: {
  title: ReactNode;
  description?: ReactNode;
  /** The page changes its language by itself. */
  onLanguage?: (language: Language) => void;
  children: ReactNode;
}) {
  return (
    <main id="content" tabIndex={-1} className="flex min-h-dvh flex-col items-center justify-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center gap-2.5">
          <Logo size={24} />
          <span className="text-lg font-semibold tracking-tight">Pupil</span>
        </div>
        <div className="rounded-xl border border-line bg-panel p-6 shadow-low">
          <h1 className="text-lg">{title}</h1>
          {description !== undefined && <p className="mt-1 text-sm text-pretty text-muted">{description}</p>}
          <div className="mt-5">{children}</div>
        </div>
        <LanguageSwitch onChoose={onLanguage} />
      </div>
    </main>
  );
}
