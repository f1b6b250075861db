import type { ReactNode } from 'react';
import { RoomText } from '../../../_text/room-text.tsx';

export default function ImagesLayout({ children }: { children: ReactNode }) {
  return <RoomText of={['gallery', 'refusals']}>{children}</RoomText>;
}
