import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import './globals.css';
import { parseTheme, THEME_COOKIE } from './_lib/theme.ts';
import { Providers } from './_shell/providers.tsx';
import { catalogueOf } from './_text/catalogue.ts';
import { readLanguage, readText } from './_text/server.ts';
import { TextProvider } from './_text/text.tsx';

export async function generateMetadata(): Promise<Metadata> {
  const { t } = await readText();
  return { title: { default: 'Pupil', template: '%s · Pupil' }, description: t('common.tagline') };
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  // The page gives way to the keyboard of a phone instead of vanishing behind it.
  interactiveWidget: 'resizes-content',
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#151518' },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  const language = await readLanguage();
  const { t } = await readText();
  return (
    <html lang={language} {...(theme === 'system' ? {} : { 'data-theme': theme })} suppressHydrationWarning>
      <body>
        <a href="#content" className="skip-link">
          {t('common.skip')}
        </a>
        <TextProvider language={language} catalogue={catalogueOf(language, 'everywhere')}>
          <Providers theme={theme}>{children}</Providers>
        </TextProvider>
      </body>
    </html>
  );
}
