'use client';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { GoTo } from './go-to.tsx';
import { OrganizationSwitch } from './switcher.tsx';
import { TopBar } from './top-bar.tsx';

/** Top bar and content, for pages that stand outside a project. */
export function OrganizationShell({
  organizationId,
  children,
}: {
  organizationId: string | null;
  children: ReactNode;
}) {
  const [goTo, setGoTo] = useState(false);
  return (
    <div className="flex min-h-dvh flex-col">
      <TopBar
        crumbs={organizationId === null ? null : <OrganizationSwitch organizationId={organizationId} />}
        onSearch={() => setGoTo(true)}
      />
      <main id="content" tabIndex={-1} className="min-w-0 flex-1">
        {children}
      </main>
      <GoTo organizationId={organizationId} open={goTo} onOpenChange={setGoTo} />
    </div>
  );
}
