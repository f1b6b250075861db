import type { MetadataRoute } from 'next';

/** Pupil as an app of its own; the icons are app/icon.svg, drawn once in these sizes. */
export default function manifest(): MetadataRoute.Manifest {
  return {
    id: '/',
    name: 'Pupil',
    short_name: 'Pupil',
    description: 'Label a little, teach a lot.',
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
