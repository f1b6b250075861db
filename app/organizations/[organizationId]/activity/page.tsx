import { titled } from '../../../_text/server.ts';
import { ActivityPage } from './activity-page.tsx';

export const generateMetadata = titled('title.activity');

export default function Page() {
  return <ActivityPage />;
}
