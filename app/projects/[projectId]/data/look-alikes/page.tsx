import { titled } from '../../../../_text/server.ts';
import { LookAlikesPage } from './look-alikes-page.tsx';

export const generateMetadata = titled('title.lookAlikes');

export default function Page() {
  return <LookAlikesPage />;
}
