'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { mayRun } from '#core/people/access.ts';
import { byName } from '../../../_text/by-name.ts';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Avatar } from '../../../_ui/avatar.tsx';
import { Dialog } from '../../../_ui/dialog.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Loading } from '../../../_ui/spinner.tsx';
import { ErrorState } from '../../../_ui/states.tsx';

/** Lets people of the organization who see chosen projects see this one too, or not any more. */
export function AddDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const { t, locale } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { project, me } = useProject();
  const { organizationId } = project;
  const members = useQuery(trpc.people.members.queryOptions({ organizationId }));
  const choose = useMutation(
    trpc.people.chooseProjects.mutationOptions({
      onSettled: async () => {
        await queryClient.invalidateQueries(trpc.people.members.queryFilter({ organizationId }));
        await queryClient.invalidateQueries(trpc.project.members.queryFilter({ projectId: project.id }));
        onDone();
      },
    }),
  );
  const rows = byName(members.data ?? [], locale).filter(
    ({ projectIds, role }) => projectIds !== null && mayRun(me.role, role),
  );
  const everywhere = (members.data ?? []).filter(({ projectIds }) => projectIds === null).length;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('team.whoSees')}
      description={t('team.whoSeesWhy')}
      footer={
        <Button variant="primary" onClick={onClose}>
          {t('people.done')}
        </Button>
      }
    >
      {members.isPending && <Loading />}
      {members.error && <ErrorState error={members.error} onRetry={() => void members.refetch()} />}
      {members.data && rows.length === 0 && <p className="text-sm text-muted">{t('team.nobodys')}</p>}
      <ul className="divide-y divide-line">
        {rows.map(({ memberId, userId, name, role, projectIds }) => {
          const ids = projectIds ?? [];
          const isIn = ids.includes(project.id);
          return (
            <li key={memberId} className="flex items-center gap-3 py-2">
              <Avatar name={name} seed={userId} size={24} />
              <span className="min-w-0 flex-1 truncate text-sm">
                {name} <span className="text-xs text-muted">{t(`people.role.${role}`)}</span>
              </span>
              <Button
                size="sm"
                variant={isIn ? 'danger-quiet' : 'secondary'}
                disabled={choose.isPending}
                onClick={() =>
                  choose.mutate({
                    organizationId,
                    memberId,
                    projectIds: isIn ? ids.filter((id) => id !== project.id) : [...ids, project.id],
                  })
                }
              >
                {t(isIn ? 'team.takeOff' : 'team.add')}
              </Button>
            </li>
          );
        })}
      </ul>
      {everywhere > 0 && <p className="mt-3 text-xs text-muted">{t('team.notListed', { count: everywhere })}</p>}
    </Dialog>
  );
}
