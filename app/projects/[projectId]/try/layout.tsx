import type { ReactNode } from 'react';
import { RoomText } from '../../../_text/room-text.tsx';

export default function TryLayout({ children }: { children: ReactNode }) {
  return <RoomText of={['chart', 'runs', 'trying', 'refusals']}>{children}</RoomText>;
}
