import { titled } from '../../../_text/server.ts';
import { SettingsPage } from './settings-page.tsx';

export const generateMetadata = titled('title.organizationSettings');

export default function Page() {
  return <SettingsPage />;
}
