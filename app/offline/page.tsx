import { titled } from '../_text/server.ts';
import { OfflinePage } from './offline-page.tsx';

export const generateMetadata = titled('common.noConnection');

export default function Page() {
  return <OfflinePage />;
}
