import { titled } from '../../_text/server.ts';
import { SetupPage } from './setup.tsx';

export const generateMetadata = titled('title.setUp');

export default async function Page({ params }: { params: Promise<{ token: string }> }) {
  return <SetupPage token={(await params).token} />;
}
