import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import './globals.css';
import { parseTheme, THEME_COOKIE } from './_lib/theme.ts';
import { Providers } from './_shell/providers.tsx';

export const metadata: Metadata = {
  title: { default: 'Pupil', template: '%s · Pupil' },
  description: 'Label a little, teach a lot.',
};

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
  return (
    <html lang="en" {...(theme === 'system' ? {} : { 'data-theme': theme })} suppressHydrationWarning>
      <body>
        <a href="#content" className="skip-link">
          Skip to content
        </a>
        <Providers theme={theme}>{children}</Providers>
      </body>
    </html>
  );
}
