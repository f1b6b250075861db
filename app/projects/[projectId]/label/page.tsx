import type { Metadata } from 'next';
import { LabelPage } from './label-page.tsx';

export const metadata: Metadata = { title: 'Label' };

export default function Page() {
  return <LabelPage />;
}
