import type { Metadata } from 'next';
import { ResetPage } from './reset.tsx';

export const metadata: Metadata = { title: 'New password' };

export default async function Page({ params }: { params: Promise<{ token: string }> }) {
  return <ResetPage token={(await params).token} />;
}
