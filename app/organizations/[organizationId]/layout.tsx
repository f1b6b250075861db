import type { ReactNode } from 'react';
import { RequireMe } from '../../_shell/me.tsx';
import { RoomText } from '../../_text/room-text.tsx';
import { OrganizationFrame } from './frame.tsx';

export default async function OrganizationLayout({
  params,
  children,
}: {
  params: Promise<{ organizationId: string }>;
  children: ReactNode;
}) {
  const { organizationId } = await params;
  return (
    <RoomText of={['organization', 'refusals']}>
      <RequireMe>
        <OrganizationFrame organizationId={organizationId}>{children}</OrganizationFrame>
      </RequireMe>
    </RoomText>
  );
}
