import type { Metadata } from 'next';
import { GridPage } from './grid-page.tsx';

export const metadata: Metadata = { title: 'Grid' };

export default function Page() {
  return <GridPage />;
}
