import { titled } from '../../_text/server.ts';
import { InvitePage } from './invite.tsx';

export const generateMetadata = titled('title.invitation');

export default async function Page({ params }: { params: Promise<{ token: string }> }) {
  return <InvitePage token={(await params).token} />;
}
