import type { Metadata } from 'next';
import { MapPage } from './map-page.tsx';

export const metadata: Metadata = { title: 'Map' };

export default function Page() {
  return <MapPage />;
}
