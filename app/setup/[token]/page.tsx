import type { Metadata } from 'next';
import { SetupPage } from './setup.tsx';

export const metadata: Metadata = { title: 'Set up' };

export default async function Page({ params }: { params: Promise<{ token: string }> }) {
  return <SetupPage token={(await params).token} />;
}
