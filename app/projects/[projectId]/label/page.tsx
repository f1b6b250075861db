import { titled } from '../../../_text/server.ts';
import { LabelPage } from './label-page.tsx';

export const generateMetadata = titled('title.label');

export default function Page() {
  return <LabelPage />;
}
