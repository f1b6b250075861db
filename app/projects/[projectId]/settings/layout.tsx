import type { ReactNode } from 'react';
import { RoomText } from '../../../_text/room-text.tsx';

export default function SettingsLayout({ children }: { children: ReactNode }) {
  return <RoomText of={['settings', 'refusals']}>{children}</RoomText>;
}
