import { titled } from '../../../_text/server.ts';
import { GridPage } from './grid-page.tsx';

export const generateMetadata = titled('title.grid');

export default function Page() {
  return <GridPage />;
}
