import type { ReactNode } from 'react';
import { RoomText } from '../../../../_text/room-text.tsx';

export default function MapLayout({ children }: { children: ReactNode }) {
  return <RoomText of={['map']}>{children}</RoomText>;
}
