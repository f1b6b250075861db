'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Rocket, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '../../../_lib/api.ts';
import type { Outputs } from '../../../_lib/api.ts';
import { readError, readStored } from '../../../_lib/error.ts';
import { useEvent } from '../../../_lib/socket.ts';
import { Said, useText } from '../../../_text/text.tsx';
import { useProject } from '../../../_shell/project.tsx';
import { Badge } from '../../../_ui/badge.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Select } from '../../../_ui/form/select.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Notice } from '../../../_ui/states.tsx';
import { useRoundTitles } from './round-titles.ts';
import { useRoundChoices } from '../data/use-rounds.ts';

type Serving = Outputs['serving']['get'];

/** What predicts for the project, fresh while others promote and trainers work. */
export function useServing() {
  const trpc = useTRPC();
  const { project, may } = useProject();
  const queryClient = useQueryClient();
  const serving = useQuery(trpc.serving.get.queryOptions({ projectId: project.id }, { enabled: may('model:ask') }));
  const refresh = () => void queryClient.invalidateQueries(trpc.serving.get.queryFilter({ projectId: project.id }));
  useEvent('serving:changed', refresh);
  useEvent('export:ready', refresh);
  useEvent('round:ended', refresh);
  useEvent('run:deleted', refresh);
  return { serving, refresh };
}

/** The select's word for the model that stands best, which is no round's id. */
const BEST = 'best';

/** Which round predicts, who chose it, and another one to choose. */
export function ServingPanel({ serving, onChange }: { serving: Serving; onChange: () => void }) {
  const { t, format } = useText();
  const trpc = useTRPC();
  const { project, may } = useProject();
  const rounds = useRoundChoices();
  const titleOf = useRoundTitles();
  const [chosen, setChosen] = useState<string>(BEST);
  const promote = useMutation(trpc.serving.promote.mutationOptions({ onSuccess: onChange }));
  const rollBack = useMutation(trpc.serving.rollBack.mutationOptions({ onSuccess: onChange }));
  const error = promote.error ?? rollBack.error;
  const { now, history, mayRollBack } = serving;
  if (!now) return null;
  return (
    <Panel
      title={t('trying.serving')}
      description={t('trying.servingWhy')}
      actions={
        may('model:promote') &&
        mayRollBack && (
          <Button
            size="sm"
            icon={<Undo2 size={13} aria-hidden />}
            busy={rollBack.isPending}
            onClick={() => rollBack.mutate({ projectId: project.id })}
          >
            {t('trying.rollBack')}
          </Button>
        )
      }
    >
      <p className="flex flex-wrap items-center gap-2 text-sm">
        <strong className="font-medium">{titleOf(now.roundId, now.title)}</strong>
        <Badge tone={now.promoted ? 'accent' : 'neutral'}>
          {t(now.promoted ? 'trying.promoted' : 'trying.standsBest')}
        </Badge>
        {now.accuracy !== null && (
          <span className="text-muted tabular">
            {now.interval === null
              ? t('trying.onValidation', { share: format.percent(now.accuracy) })
              : t('trying.onValidationRange', {
                  share: format.percent(now.accuracy),
                  low: format.percent(now.interval[0]),
                  high: format.percent(now.interval[1]),
                })}
          </span>
        )}
      </p>
      {now.file.status !== 'ready' && (
        <p role="status" className="mt-1 text-xs text-muted">
          {now.file.status === 'failed'
            ? t('trying.fileFailed', { why: readStored(now.file.said, now.file.message ?? t('trying.unknown')) })
            : t('trying.fileLater')}
        </p>
      )}
      {may('model:promote') && (
        <div className="mt-3 flex flex-wrap gap-2">
          <Select
            label={t('trying.promote')}
            className="min-w-0 max-w-full flex-1 basis-60"
            value={chosen}
            onChange={setChosen}
            options={[{ value: BEST, label: t('trying.whichever') }, ...rounds]}
          />
          <Button
            variant="primary"
            icon={<Rocket size={14} aria-hidden />}
            busy={promote.isPending}
            disabled={chosen === BEST ? !now.promoted : chosen === now.roundId && now.promoted}
            onClick={() => promote.mutate({ projectId: project.id, roundId: chosen === BEST ? null : chosen })}
          >
            {t('trying.letPredict')}
          </Button>
        </div>
      )}
      {error !== null && (
        <div className="mt-3">
          <Notice tone="bad">{readError(error).message}</Notice>
        </div>
      )}
      {history.length > 0 && (
        <ol aria-label={t('trying.who')} className="mt-4 max-h-48 space-y-1 overflow-y-auto text-xs text-muted">
          {history.map((one) => (
            <li key={one.id} className="flex flex-wrap justify-between gap-x-3">
              <span>
                <Said
                  of={one.kind === 'promote' ? 'trying.didPromote' : 'trying.didRollBack'}
                  with={{
                    title: (
                      <span className="text-ink">
                        {one.title === '' ? t('trying.whicheverIn') : titleOf(one.roundId, one.title)}
                      </span>
                    ),
                  }}
                />
                {one.title !== '' && one.roundId === null && ` ${t('trying.deletedSince')}`}
              </span>
              <span>
                {one.memberName ?? t('trying.somebody')}, {format.relative(one.createdAt)}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
