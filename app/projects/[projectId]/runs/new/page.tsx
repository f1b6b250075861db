import type { Metadata } from 'next';
import { Suspense } from 'react';
import { NewRunPage } from '#app/runs/new-run-page.tsx';

export const metadata: Metadata = { title: 'New run' };

export default function Page() {
  return <Suspense><NewRunPage /></Suspense>;
}
