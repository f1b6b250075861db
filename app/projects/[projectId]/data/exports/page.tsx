import { titled } from '../../../../_text/server.ts';
import { ExportsPage } from './exports-page.tsx';

export const generateMetadata = titled('title.exports');

export default function Page() {
  return <ExportsPage />;
}
