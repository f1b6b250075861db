import type { MetadataRoute } from 'next';
import { readText } from './_text/server.ts';

/** Pupil as an app of its own; the icons are app/icon.svg, drawn once in these sizes. */
export default async function manifest(): Promise<MetadataRoute.Manifest> {
  const { t, locale } = await readText();
  return {
    id: '/',
    name: 'Pupil',
    short_name: 'Pupil',
    description: t('common.tagline'),
    lang: locale,
    start_url: '/',
    scope: '/',
    display: 'standalone',
    background_color: '#fbfbfc',
    theme_color: '#5552d0',
    icons: [
      { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
      { src: '/icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
  };
}
