'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Pause, Play, UserPlus } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { RECENT_ANNOTATIONS } from '#core/labeling/agreement.ts';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { formatNumber, formatPercent } from '../../../_lib/format.ts';
import { useAnnouncePresence, useEvent, usePresence } from '../../../_lib/socket.ts';
import { InviteDialog } from '../../../_people/invite-dialog.tsx';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Page, Panel } from '../../../_ui/panel.tsx';
import { Stat, StatRow } from '../../../_ui/stat.tsx';
import { Loading } from '../../../_ui/spinner.tsx';
import { EmptyState, ErrorState, Notice } from '../../../_ui/states.tsx';
import { AddDialog } from './add-dialog.tsx';
import { AgreementPanel } from './agreement-panel.tsx';
import { AssignDialog } from './assign-dialog.tsx';
import { GoldPanel } from './gold-panel.tsx';
import { TeamTable } from './team-table.tsx';
import type { TeamMember } from './team-table.tsx';

const REFRESH_MS = 3000;

export function TeamPage() {
  const { t } = useText();
  const { may } = useProject();
  if (!may('team:watch'))
    return (
      <EmptyState isPage title={t('team.leadsTeam')}>
        {t('team.askLead')}
      </EmptyState>
    );
  return <TeamView />;
}

/** The lead's live view: who is here and on what, how fast, how well they agree; and the means to steer it. */
function TeamView() {
  const { t } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { project, me, may } = useProject();
  const present = usePresence(project.id);
  useAnnouncePresence(project.id, 'other', null);
  const [heardAt, setHeardAt] = useState(0);
  // The figures are some seconds old: while they are older than what was heard last, they are asked for again.
  const team = useQuery(
    trpc.quality.team.queryOptions(
      { projectId: project.id },
      {
        refetchInterval: ({ state }) =>
          state.data && heardAt > state.dataUpdatedAt - state.data.ageMs ? REFRESH_MS : false,
      },
    ),
  );
  const progress = useQuery(trpc.label.progress.queryOptions({ projectId: project.id }));
  const [inviting, setInviting] = useState(false);
  const [adding, setAdding] = useState(false);
  const [assignee, setAssignee] = useState<TeamMember | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const refresh = () => {
    void queryClient.invalidateQueries(trpc.quality.team.queryFilter({ projectId: project.id }));
    void queryClient.invalidateQueries(trpc.label.progress.queryFilter({ projectId: project.id }));
  };
  const refreshSoon = () => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      setHeardAt(Date.now());
      refresh();
    }, REFRESH_MS);
  };
  useEvent('annotation:submitted', refreshSoon);
  useEvent('project:changed', refreshSoon);
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current);
    },
    [],
  );
  const update = useMutation(trpc.project.update.mutationOptions());
  const pause = useMutation(trpc.quality.pause.mutationOptions({ onSuccess: refresh }));
  const unassign = useMutation(trpc.quality.unassign.mutationOptions({ onSuccess: refresh }));

  if (team.error)
    return <ErrorState error={team.error} onRetry={() => void team.refetch()} className="min-h-[60dvh]" />;
  if (team.data === undefined) return <Loading className="min-h-[60dvh]" />;
  const { members, agreement } = team.data;
  const names = new Map(members.map((row) => [row.memberId, row.name]));
  const paused = project.status === 'paused';
  const here = new Set(present.map((one) => one.memberId)).size;
  const recent = members.reduce((sum, row) => sum + row.recent, 0);
  const counts = progress.data;
  return (
    <Page
      title={t('shell.nav.team')}
      description={t('team.description')}
      actions={
        <>
          {may('member:choose-projects') && <Button onClick={() => setAdding(true)}>{t('team.addOrTake')}</Button>}
          {may('member:invite') && (
            <Button icon={<UserPlus size={15} aria-hidden />} onClick={() => setInviting(true)}>
              {t('people.invite')}
            </Button>
          )}
          <Button
            variant={paused ? 'primary' : 'secondary'}
            busy={update.isPending}
            icon={paused ? <Play size={15} aria-hidden /> : <Pause size={15} aria-hidden />}
            onClick={() => update.mutate({ projectId: project.id, status: paused ? 'active' : 'paused' })}
          >
            {t(paused ? 'team.resume' : 'team.pause')}
          </Button>
        </>
      }
    >
      <div className="space-y-5">
        {paused && (
          <Notice tone="warn" title={t('team.isPaused')}>
            {t('team.isPausedWhy')}
          </Notice>
        )}
        <StatRow>
          <Stat label={t('team.hereNow')} value={formatNumber(here)} />
          <Stat
            label={t('label.aMinute')}
            value={recent === 0 ? '–' : (recent / 15).toFixed(1)}
            note={t('team.allTogether')}
          />
          <Stat
            label={t('team.done')}
            value={counts ? formatNumber(counts.done) : '–'}
            note={
              counts && counts.total > 0
                ? t('team.doneOf', { share: formatPercent(counts.done / counts.total, 0), total: counts.total })
                : undefined
            }
          />
          <Stat
            label={t('team.disagree')}
            value={counts ? formatNumber(counts.disputed) : '–'}
            note={counts && counts.disputed > 0 ? t('team.settle') : undefined}
          />
        </StatRow>
        <Panel title={t('team.people')} description={t('team.restOn', { count: RECENT_ANNOTATIONS })} flush>
          <TeamTable
            members={members}
            present={present}
            onAssign={setAssignee}
            onUnassign={(row) => unassign.mutate({ projectId: project.id, memberId: row.memberId })}
            onPause={(row, stop) => pause.mutate({ projectId: project.id, memberId: row.memberId, paused: stop })}
          />
        </Panel>
        <div className="grid gap-5 lg:grid-cols-2">
          <AgreementPanel agreement={agreement} nameOf={(memberId) => names.get(memberId) ?? t('team.formerMember')} />
          <GoldPanel />
        </div>
      </div>
      <InviteDialog
        organizationId={project.organizationId}
        inviter={me}
        projectId={project.id}
        open={inviting}
        onOpenChange={setInviting}
      />
      {adding && <AddDialog onClose={() => setAdding(false)} onDone={refresh} />}
      <AssignDialog
        key={assignee?.memberId ?? 'none'}
        member={assignee}
        onClose={() => setAssignee(null)}
        onDone={refresh}
      />
    </Page>
  );
}
