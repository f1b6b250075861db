'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '../../../_lib/api.ts';
import { useText } from '../../../_text/text.tsx';
import { useEvent, useReconnect } from '../../../_lib/socket.ts';
import { InviteDialog } from '../../../_people/invite-dialog.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Page, Panel } from '../../../_ui/panel.tsx';
import { Skeleton } from '../../../_ui/spinner.tsx';
import { ErrorState } from '../../../_ui/states.tsx';
import { Table, Th } from '../../../_ui/table.tsx';
import { useOrganization } from '../frame.tsx';
import { MemberRow } from './member-row.tsx';
import { OpenInvitations } from './open-invitations.tsx';
import { byName } from '../../../_text/by-name.ts';

export function MembersPage() {
  const { t, locale } = useText();
  const { membership, may } = useOrganization();
  const { organizationId } = membership;
  const trpc = useTRPC();
  const [inviting, setInviting] = useState(false);
  const members = useQuery(trpc.people.members.queryOptions({ organizationId }));
  // Somebody joins while the page that invited them is open: the list and the links that are left follow.
  const queryClient = useQueryClient();
  const refresh = () => void queryClient.invalidateQueries(trpc.people.pathFilter());
  useEvent('member:changed', (event) => event.organizationId === organizationId && refresh());
  useReconnect(refresh);
  return (
    <Page
      title={t('organization.page.members')}
      description={t(may('member:invite') ? 'organization.peopleLead' : 'organization.peopleOther')}
      actions={
        may('member:invite') && (
          <Button variant="primary" icon={<UserPlus size={14} />} onClick={() => setInviting(true)}>
            {t('people.invite')}
          </Button>
        )
      }
    >
      {members.isPending && <Skeleton className="h-48" />}
      {members.error && <ErrorState error={members.error} onRetry={() => void members.refetch()} />}
      {members.data && (
        <div className="space-y-5">
          <Panel flush>
            <Table label={t('organization.page.members')}>
              <thead>
                <tr>
                  <Th>{t('organization.name')}</Th>
                  <Th>{t('people.roleField')}</Th>
                  <Th className="max-sm:hidden">{t('organization.projects')}</Th>
                  <Th className="max-sm:hidden">{t('organization.since')}</Th>
                  <Th>
                    <span className="sr-only">{t('organization.actions')}</span>
                  </Th>
                </tr>
              </thead>
              <tbody>
                {byName(members.data, locale).map((member) => (
                  <MemberRow key={member.memberId} member={member} />
                ))}
              </tbody>
            </Table>
          </Panel>
          {may('member:invite') && <OpenInvitations />}
        </div>
      )}
      <InviteDialog organizationId={organizationId} inviter={membership} open={inviting} onOpenChange={setInviting} />
    </Page>
  );
}
