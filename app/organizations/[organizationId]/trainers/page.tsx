import type { Metadata } from 'next';
import { TrainersPage } from './trainers-page.tsx';

export const metadata: Metadata = { title: 'Trainers' };

export default function Page() {
  return <TrainersPage />;
}
