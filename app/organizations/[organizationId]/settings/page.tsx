import type { Metadata } from 'next';
import { SettingsPage } from './settings-page.tsx';

export const metadata: Metadata = { title: 'Organization settings' };

export default function Page() {
  return <SettingsPage />;
}
