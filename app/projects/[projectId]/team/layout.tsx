import type { ReactNode } from 'react';
import { RoomText } from '../../../_text/room-text.tsx';

export default function TeamLayout({ children }: { children: ReactNode }) {
  return <RoomText of={['team', 'refusals']}>{children}</RoomText>;
}
