import { titled } from '../../../_text/server.ts';
import { DataPage } from './data-page.tsx';

export const generateMetadata = titled('title.data');

export default function Page() {
  return <DataPage />;
}
