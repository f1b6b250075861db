import type { Metadata } from 'next';
import { InvitePage } from './invite.tsx';

export const metadata: Metadata = { title: 'Invitation' };

export default async function Page({ params }: { params: Promise<{ token: string }> }) {
  return <InvitePage token={(await params).token} />;
}
