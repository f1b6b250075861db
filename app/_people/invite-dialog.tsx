'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { mayRun, ROLES } from '#core/people/access.ts';
import type { Role } from '#core/people/access.ts';
import { useTRPC } from '../_lib/api.ts';
import { plural } from '../_lib/format.ts';
import { Button } from '../_ui/form/button.tsx';
import { Dialog } from '../_ui/dialog.tsx';
import { Field, NumberInput } from '../_ui/form/field.tsx';
import { Select } from '../_ui/form/select.tsx';
import { InviteLink } from './invite-link.tsx';
import { ProjectChoice } from './project-choice.tsx';
import { ROLE_WORDS } from './roles.ts';

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
      title={link === null ? 'Invite people' : 'Send this link'}
      description={
        link === null
          ? 'You get a link to send in your own way.'
          : `It lets ${plural(uses ?? 1, 'person', 'people')} in as ${ROLE_WORDS[role].label.toLowerCase()}, for ` +
            `${plural(days ?? 7, 'day')}. It is shown only now.`
      }
      footer={
        link === null ? (
          <>
            <Button onClick={() => close(false)}>Cancel</Button>
            <Button
              variant="primary"
              busy={invite.isPending}
              disabled={given?.length === 0}
              onClick={() =>
                invite.mutate({ organizationId, role, uses: uses ?? 1, days: days ?? 7, projectIds: given })
              }
            >
              Make the link
            </Button>
          </>
        ) : (
          <Button variant="primary" onClick={() => close(false)}>
            Done
          </Button>
        )
      }
    >
      {link === null ? (
        <div className="space-y-4">
          <Field label="Role" hint={`Can do: ${ROLE_WORDS[role].does}`}>
            <Select
              value={role}
              onChange={setRole}
              options={ROLES.filter((one) => mayRun(inviter.role, one)).map((one) => ({
                value: one,
                label: ROLE_WORDS[one].label,
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
            <Field label="How many people">
              <NumberInput value={uses} onChange={setUses} min={1} max={500} />
            </Field>
            <Field label="Works for">
              <NumberInput value={days} onChange={setDays} min={1} max={90} unit="days" />
            </Field>
          </div>
        </div>
      ) : (
        <InviteLink path={link.path} addresses={link.addresses} />
      )}
    </Dialog>
  );
}
