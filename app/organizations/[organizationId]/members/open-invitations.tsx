'use client';
import { useText } from '../../../_text/text.tsx';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTRPC } from '../../../_lib/api.ts';
import { Button } from '../../../_ui/form/button.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Table, Td, Th, Tr } from '../../../_ui/table.tsx';
import { useOrganization } from '../frame.tsx';

/** Invite links that still work. */
export function OpenInvitations() {
  const { t, format } = useText();
  const { membership } = useOrganization();
  const { organizationId } = membership;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const invitations = useQuery(trpc.people.invitations.queryOptions({ organizationId }));
  const revoke = useMutation(
    trpc.people.revokeInvitation.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.people.invitations.queryFilter()),
    }),
  );
  if (!invitations.data || invitations.data.length === 0) return null;
  return (
    <Panel title={t('organization.openInvitations')} description={t('organization.openInvitationsWhy')} flush>
      <Table label={t('organization.openInvitations')}>
        <thead>
          <tr>
            <Th>{t('people.roleField')}</Th>
            <Th>{t('organization.projects')}</Th>
            <Th numeric>{t('organization.usesLeft')}</Th>
            <Th>{t('organization.made')}</Th>
            <Th>{t('organization.ends')}</Th>
            <Th>
              <span className="sr-only">{t('organization.takeBack')}</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {invitations.data.map((one) => (
            <Tr key={one.id}>
              <Td>{t(`people.role.${one.role}`)}</Td>
              <Td className="max-w-40 truncate">
                {one.projects === null ? t('organization.everyProject') : one.projects.join(', ')}
              </Td>
              <Td numeric>{format.number(one.usesLeft)}</Td>
              <Td className="whitespace-nowrap text-muted">{format.date(one.createdAt)}</Td>
              <Td className="whitespace-nowrap text-muted">{format.date(one.expiresAt)}</Td>
              <Td numeric>
                <Button
                  size="sm"
                  variant="danger-quiet"
                  disabled={revoke.isPending}
                  onClick={() => revoke.mutate({ organizationId, id: one.id })}
                >
                  {t('organization.takeBack')}
                </Button>
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}
