import { titled } from '../../../../_text/server.ts';
import { SourcesPage } from './sources-page.tsx';

export const generateMetadata = titled('title.sources');

export default function Page() {
  return <SourcesPage />;
}
