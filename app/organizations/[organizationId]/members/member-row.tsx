'use client';
import { useText } from '../../../_text/text.tsx';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { EllipsisVertical } from 'lucide-react';
import { useState } from 'react';
import { mayRun, ROLES } from '#core/people/access.ts';
import { useTRPC } from '../../../_lib/api.ts';
import type { Outputs } from '../../../_lib/api.ts';
import { ProjectsDialog } from '../../../_people/projects-dialog.tsx';
import { ResetDialog } from '../../../_people/reset-dialog.tsx';
import { useMe } from '../../../_shell/me.tsx';
import { Avatar } from '../../../_ui/avatar.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { IconButton } from '../../../_ui/form/button.tsx';
import { Select } from '../../../_ui/form/select.tsx';
import { Menu, MenuItem } from '../../../_ui/menu.tsx';
import { Td, Tr } from '../../../_ui/table.tsx';
import { useOrganization } from '../frame.tsx';

type Member = Outputs['people']['members'][number];

export function MemberRow({ member }: { member: Member }) {
  const { t, format } = useText();
  const me = useMe();
  const { membership, may } = useOrganization();
  const { organizationId } = membership;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState<'remove' | 'projects' | 'password' | null>(null);
  const close = () => setAsking(null);
  const refresh = () => queryClient.invalidateQueries(trpc.people.pathFilter());
  const changeRole = useMutation(trpc.people.changeRole.mutationOptions({ onSettled: refresh }));
  const remove = useMutation(trpc.people.remove.mutationOptions({ onSuccess: refresh }));
  const self = member.userId === me.userId;
  const runs = mayRun(membership.role, member.role);
  const mayChoose = may('member:choose-projects') && runs && member.role !== 'owner';
  const mayReset = may('member:reset-password') && runs && !self;
  const mayRemove = may('member:remove');
  const projects =
    member.projectIds === null
      ? t('organization.everyProject')
      : t('organization.projectCount', { count: member.projectIds.length });
  return (
    <Tr>
      <Td className="w-full max-w-0 min-w-36">
        <span className="flex items-center gap-3 py-1.5">
          <Avatar name={member.name} seed={member.userId} size={28} />
          <span className="min-w-0">
            <span className="block font-medium max-sm:break-words sm:truncate">
              {member.name}
              {self && <span className="font-normal text-muted">{t('organization.you')}</span>}
            </span>
            <span className="block text-xs text-muted max-sm:break-all sm:truncate">{member.email}</span>
            {member.projectIds !== null && <span className="block text-xs text-muted sm:hidden">{projects}</span>}
          </span>
        </span>
      </Td>
      <Td>
        {may('member:change-role') ? (
          <Select
            size="sm"
            label={t('organization.roleOf', { name: member.name })}
            value={member.role}
            className="w-28"
            disabled={changeRole.isPending}
            onChange={(role) =>
              role !== member.role && changeRole.mutate({ organizationId, memberId: member.memberId, role })
            }
            options={ROLES.map((role) => ({
              value: role,
              label: t(`people.role.${role}`),
              hint: t(`people.does.${role}`),
            }))}
          />
        ) : (
          t(`people.role.${member.role}`)
        )}
      </Td>
      <Td className="whitespace-nowrap text-muted max-sm:hidden">{projects}</Td>
      <Td className="whitespace-nowrap text-muted max-sm:hidden">{format.date(member.createdAt)}</Td>
      <Td numeric>
        {(mayChoose || mayReset || mayRemove) && (
          <Menu
            trigger={
              <IconButton label={t('organization.actionsFor', { name: member.name })} size="sm">
                <EllipsisVertical size={15} aria-hidden />
              </IconButton>
            }
          >
            {mayChoose && (
              <MenuItem onSelect={() => setAsking('projects')}>{t('organization.chooseProjects')}</MenuItem>
            )}
            {mayReset && <MenuItem onSelect={() => setAsking('password')}>{t('organization.newPassword')}</MenuItem>}
            {mayRemove && (
              <MenuItem danger onSelect={() => setAsking('remove')}>
                {t(self ? 'organization.leaveMore' : 'organization.removeMore')}
              </MenuItem>
            )}
          </Menu>
        )}
        {asking === 'projects' && (
          <ProjectsDialog {...{ organizationId, member }} mayAll={membership.allProjects} onClose={close} />
        )}
        {asking === 'password' && <ResetDialog {...{ organizationId, member }} onClose={close} />}
        <Confirm
          open={asking === 'remove'}
          onOpenChange={(open) => !open && close()}
          danger
          title={
            self
              ? t('organization.leaveAsk', { name: membership.organizationName })
              : t('organization.removeAsk', { name: member.name })
          }
          action={t(self ? 'organization.leave' : 'organization.remove')}
          onConfirm={() => remove.mutateAsync({ organizationId, memberId: member.memberId })}
        >
          {t('organization.removeWhy')}
        </Confirm>
      </Td>
    </Tr>
  );
}
