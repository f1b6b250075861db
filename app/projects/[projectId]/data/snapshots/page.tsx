import { titled } from '../../../../_text/server.ts';
import { SnapshotsPage } from './snapshots-page.tsx';

export const generateMetadata = titled('title.snapshots');

export default function Page() {
  return <SnapshotsPage />;
}
