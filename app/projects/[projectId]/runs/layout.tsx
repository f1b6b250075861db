import type { ReactNode } from 'react';
import { RoomText } from '../../../_text/room-text.tsx';

export default function RunsLayout({ children }: { children: ReactNode }) {
  return <RoomText of={['chart', 'gallery', 'runs', 'runrooms', 'refusals']}>{children}</RoomText>;
}
