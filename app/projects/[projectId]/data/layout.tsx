import type { ReactNode } from 'react';
import { DataNav } from './data-nav.tsx';

export default function DataLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <DataNav />
      {children}
    </>
  );
}
