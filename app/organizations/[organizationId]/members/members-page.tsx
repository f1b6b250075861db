'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { ROLES } from '#core/people/access.ts';
import { useTRPC } from '../../../_lib/api.ts';
import type { Outputs } from '../../../_lib/api.ts';
import { formatDate } from '../../../_lib/format.ts';
import { InviteDialog } from '../../../_people/invite-dialog.tsx';
import { useMe } from '../../../_shell/me.tsx';
import { ROLE_WORDS } from '../../../_people/roles.ts';
import { Avatar } from '../../../_ui/avatar.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { Page, Panel } from '../../../_ui/panel.tsx';
import { Select } from '../../../_ui/form/select.tsx';
import { Skeleton } from '../../../_ui/spinner.tsx';
import { ErrorState } from '../../../_ui/states.tsx';
import { Table, Td, Th, Tr } from '../../../_ui/table.tsx';
import { useOrganization } from '../frame.tsx';
import { OpenInvitations } from './open-invitations.tsx';

type Member = Outputs['people']['members'][number];

export function MembersPage() {
  const { membership, may } = useOrganization();
  const { organizationId } = membership;
  const trpc = useTRPC();
  const [inviting, setInviting] = useState(false);
  const members = useQuery(trpc.people.members.queryOptions({ organizationId }));
  return (
    <Page
      title="People"
      description={
        may('member:invite')
          ? 'Everyone here came by an invite link. A role holds in every project of the organization.'
          : 'Owners invite people and change roles.'
      }
      actions={
        may('member:invite') && (
          <Button variant="primary" icon={<UserPlus size={14} />} onClick={() => setInviting(true)}>
            Invite people
          </Button>
        )
      }
    >
      {members.isPending && <Skeleton className="h-48" />}
      {members.error && <ErrorState error={members.error} onRetry={() => void members.refetch()} />}
      {members.data && (
        <div className="space-y-5">
          <Panel flush>
            <Table label="People">
              <thead>
                <tr>
                  <Th>Name</Th>
                  <Th>Role</Th>
                  <Th className="max-sm:hidden">Since</Th>
                  <Th>
                    <span className="sr-only">Remove</span>
                  </Th>
                </tr>
              </thead>
              <tbody>
                {members.data.map((member) => (
                  <MemberRow key={member.memberId} member={member} />
                ))}
              </tbody>
            </Table>
          </Panel>
          {may('member:invite') && <OpenInvitations />}
        </div>
      )}
      <InviteDialog organizationId={organizationId} open={inviting} onOpenChange={setInviting} />
    </Page>
  );
}

function MemberRow({ member }: { member: Member }) {
  const me = useMe();
  const { membership, may } = useOrganization();
  const { organizationId } = membership;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const refresh = () => queryClient.invalidateQueries(trpc.people.pathFilter());
  const changeRole = useMutation(trpc.people.changeRole.mutationOptions({ onSettled: refresh }));
  const remove = useMutation(trpc.people.remove.mutationOptions({ onSuccess: refresh }));
  const self = member.userId === me.userId;
  return (
    <Tr>
      <Td className="w-full max-w-0 min-w-36">
        <span className="flex items-center gap-3 py-1.5">
          <Avatar name={member.name} seed={member.userId} size={28} />
          <span className="min-w-0">
            <span className="block truncate font-medium">
              {member.name}
              {self && <span className="font-normal text-muted"> (you)</span>}
            </span>
            <span className="block truncate text-xs text-muted">
              {member.email.endsWith('.invalid') ? 'author of the demo labels' : member.email}
            </span>
          </span>
        </span>
      </Td>
      <Td>
        {may('member:change-role') ? (
          <Select
            size="sm"
            label={`Role of ${member.name}`}
            value={member.role}
            className="w-28"
            disabled={changeRole.isPending}
            onChange={(role) =>
              role !== member.role && changeRole.mutate({ organizationId, memberId: member.memberId, role })
            }
            options={ROLES.map((role) => ({ value: role, label: ROLE_WORDS[role].label, hint: ROLE_WORDS[role].does }))}
          />
        ) : (
          ROLE_WORDS[member.role].label
        )}
      </Td>
      <Td className="whitespace-nowrap text-muted max-sm:hidden">{formatDate(member.createdAt)}</Td>
      <Td numeric>
        {may('member:remove') && (
          <Button size="sm" variant="danger-quiet" onClick={() => setRemoving(true)}>
            {self ? 'Leave' : 'Remove'}
          </Button>
        )}
        <Confirm
          open={removing}
          onOpenChange={setRemoving}
          danger
          title={self ? `Leave ${membership.organizationName}?` : `Remove ${member.name}?`}
          action={self ? 'Leave' : 'Remove'}
          onConfirm={() => remove.mutateAsync({ organizationId, memberId: member.memberId })}
        >
          They are disconnected at once and can no longer open its projects. What they labeled stays, under their name.
          An invitation brings them back.
        </Confirm>
      </Td>
    </Tr>
  );
}
