import type { ReactNode } from 'react';
import { RoomText } from '../../../_text/room-text.tsx';

export default function GalleryLayout({ children }: { children: ReactNode }) {
  return <RoomText of={['chart', 'gallery', 'refusals']}>{children}</RoomText>;
}
