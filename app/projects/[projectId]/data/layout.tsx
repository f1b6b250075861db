import type { ReactNode } from 'react';
import { RoomText } from '../../../_text/room-text.tsx';
import { DataNav } from './data-nav.tsx';

export default function DataLayout({ children }: { children: ReactNode }) {
  return (
    <RoomText of={['data', 'refusals']}>
      <DataNav />
      {children}
    </RoomText>
  );
}
