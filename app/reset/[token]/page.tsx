import { titled } from '../../_text/server.ts';
import { ResetPage } from './reset.tsx';

export const generateMetadata = titled('title.newPassword');

export default async function Page({ params }: { params: Promise<{ token: string }> }) {
  return <ResetPage token={(await params).token} />;
}
