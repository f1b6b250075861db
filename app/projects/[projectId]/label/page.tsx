import type { Metadata } from 'next';
import { LabelPage } from '../../../labeling/label-page.tsx';

export const metadata: Metadata = { title: 'Label' };

export default function Page() {
  return <LabelPage />;
}
