import type { ReactNode } from 'react';
import { RoomText } from '../../../../_text/room-text.tsx';

export default function NewRunLayout({ children }: { children: ReactNode }) {
  return <RoomText of={['newrun', 'settings']}>{children}</RoomText>;
}
