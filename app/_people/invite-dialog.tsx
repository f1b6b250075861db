'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { mayRun, ROLES } from '#core/people/access.ts';
import type { Role } from '#core/people/access.ts';
import { useText } from '../_text/text.tsx';
import { useTRPC } from '../_lib/api.ts';
import { Button } from '../_ui/form/button.tsx';
import { Dialog } from '../_ui/dialog.tsx';
import { Field, NumberInput } from '../_ui/form/field.tsx';
import { Select } from '../_ui/form/select.tsx';
import { InviteLink } from './invite-link.tsx';
import { ProjectChoice } from './project-choice.tsx';

/** Makes an invite link and shows it once. */
export function InviteDialog({
  organizationId,
  inviter,
  projectId = null,
  open,
  onOpenChange,
}: {
  organizationId: string;
  /** Who invites: they give no role above their own say, and no project that they do not see. */
  inviter: { role: Role; allProjects: boolean };
  /** The project that it is asked from. */
  projectId?: string | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const { t } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [role, setRole] = useState<Role>('annotator');
  const [projectIds, setProjectIds] = useState<string[] | null>(
    projectId !== null ? [projectId] : inviter.allProjects ? null : [],
  );
  const given = role === 'owner' ? null : projectIds;
  const [uses, setUses] = useState<number | null>(1);
  const [days, setDays] = useState<number | null>(7);
  const invite = useMutation(
    trpc.people.invite.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.people.invitations.queryFilter()),
    }),
  );
  const close = (next: boolean) => {
    onOpenChange(next);
    if (!next) invite.reset();
  };
  const link = invite.data ?? null;
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={link === null ? t('people.invite') : t('people.sendThis')}
      description={
        link === null
          ? t('people.inviteWhy')
          : t('people.letsIn', { people: uses ?? 1, role: t(`people.roleIn.${role}`), days: days ?? 7 })
      }
      footer={
        link === null ? (
          <>
            <Button onClick={() => close(false)}>{t('common.cancel')}</Button>
            <Button
              variant="primary"
              busy={invite.isPending}
              disabled={given?.length === 0}
              onClick={() =>
                invite.mutate({ organizationId, role, uses: uses ?? 1, days: days ?? 7, projectIds: given })
              }
            >
              {t('people.makeLink')}
            </Button>
          </>
        ) : (
          <Button variant="primary" onClick={() => close(false)}>
            {t('people.done')}
          </Button>
        )
      }
    >
      {link === null ? (
        <div className="space-y-4">
          <Field label={t('people.roleField')} hint={t('people.canDo', { does: t(`people.does.${role}`) })}>
            <Select
              value={role}
              onChange={setRole}
              options={ROLES.filter((one) => mayRun(inviter.role, one)).map((one) => ({
                value: one,
                label: t(`people.role.${one}`),
              }))}
            />
          </Field>
          {role !== 'owner' && (
            <ProjectChoice
              organizationId={organizationId}
              value={projectIds}
              onChange={setProjectIds}
              mayAll={inviter.allProjects}
            />
          )}
          <div className="grid grid-cols-2 gap-4">
            <Field label={t('people.howMany')}>
              <NumberInput value={uses} onChange={setUses} min={1} max={500} />
            </Field>
            <Field label={t('people.worksFor')}>
              <NumberInput value={days} onChange={setDays} min={1} max={90} unit={t('people.days')} />
            </Field>
          </div>
        </div>
      ) : (
        <InviteLink path={link.path} addresses={link.addresses} />
      )}
    </Dialog>
  );
}
