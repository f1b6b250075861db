'use client';
import { useEffect } from 'react';
import { imageSrc } from '../_lib/media.ts';
import { IS_BUILT } from './env.ts';
import { opensOffline } from './store.ts';
import { useText } from '../_text/text.tsx';

/** Starts public/service-worker.js; in development pages come from the server alone. */
export function startWorker(): void {
  if (!IS_BUILT || !opensOffline()) return;
  navigator.serviceWorker.register('/service-worker.js').catch(() => undefined);
}

async function tell(message: { type: 'pages'; pages: string[] } | { type: 'images'; images: string[] }): Promise<void> {
  if (!IS_BUILT || !opensOffline()) return;
  (await navigator.serviceWorker.ready).active?.postMessage(message);
}

/** From now on the label and review pages of this project open without a connection. */
export function useOfflineShell(projectId: string): void {
  const { language } = useText();
  useEffect(() => {
    // When the page has loaded what it needs itself.
    const timer = setTimeout(
      () => void tell({ type: 'pages', pages: ['label', 'review'].map((page) => `/projects/${projectId}/${page}`) }),
      1500,
    );
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the page that is kept speaks the language of now
  }, [projectId, language]);
}

/** Pages that were kept in another language are not opened again. */
export async function forgetShells(): Promise<void> {
  if (IS_BUILT && opensOffline()) await caches.delete('pupil-shell').catch(() => false);
}

export const keepImagesOffline = (projectId: string, imageIds: readonly string[]): Promise<void> =>
  tell({ type: 'images', images: imageIds.map((imageId) => imageSrc(projectId, imageId)) });
