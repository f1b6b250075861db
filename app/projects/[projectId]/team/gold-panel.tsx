'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { formatPercent } from '../../../_lib/format.ts';
import { newId } from '../../../_lib/id.ts';
import { useProject } from '../../../_shell/project.tsx';
import { IconButton } from '../../../_ui/form/button.tsx';
import { ClassBadge } from '../../../_ui/class-badge.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Slider } from '../../../_ui/form/toggles.tsx';
import { X } from 'lucide-react';
import { thumbnailUrl } from '../../../_labeling/media.ts';

/**
 * Gold items: their answer is known, people meet them unmarked among the others, and who gets too many wrong is paused.
 */
export function GoldPanel() {
  const { t } = useText();
  const trpc = useTRPC();
  const { project, classById } = useProject();
  const gold = useQuery(trpc.quality.gold.queryOptions({ projectId: project.id }));
  const [share, setShare] = useState(project.settings.goldShare);
  const [below, setBelow] = useState(project.settings.goldPauseBelow);
  const update = useMutation(trpc.project.update.mutationOptions());
  const remove = useMutation(trpc.quality.setGold.mutationOptions({ onSuccess: () => void gold.refetch() }));
  const rows = gold.data ?? [];
  return (
    <Panel title={t('team.gold')} description={t('team.goldWhy')}>
      <div className="grid gap-4 sm:grid-cols-2">
        <div>
          <p className="text-sm">{t('team.goldShareOf', { share: formatPercent(share, 0) })}</p>
          <Slider
            label={t('team.goldShare')}
            value={share}
            onChange={setShare}
            onCommit={(goldShare) => update.mutate({ projectId: project.id, settings: { goldShare } })}
            min={0}
            max={0.3}
            step={0.01}
            valueText={formatPercent(share, 0)}
          />
        </div>
        <div>
          <p className="text-sm">{t('team.pauseBelowRight', { below: formatPercent(below, 0) })}</p>
          <Slider
            label={t('team.pauseBelow')}
            value={below}
            onChange={setBelow}
            onCommit={(goldPauseBelow) => update.mutate({ projectId: project.id, settings: { goldPauseBelow } })}
            min={0}
            max={1}
            step={0.05}
            valueText={formatPercent(below, 0)}
          />
        </div>
      </div>
      <p className="mt-3 text-xs text-muted">
        {rows.length === 0 ? t('team.goldNone') : t('team.goldRule', { count: rows.length })}
      </p>
      <ul className="mt-2 grid grid-cols-[repeat(auto-fill,minmax(5rem,1fr))] gap-2">
        {rows.slice(0, 24).map((row) => {
          const look = row.goldClassId === null ? undefined : classById.get(row.goldClassId);
          return (
            <li key={row.id} className="relative min-w-0">
              <img
                src={thumbnailUrl(project.id, row.id)}
                alt={row.fileName}
                className="aspect-square w-full rounded-sm bg-sunken object-cover"
              />
              {look !== undefined && <ClassBadge look={look} size="sm" />}
              <IconButton
                label={t('team.goldNoMore', { file: row.fileName })}
                size="sm"
                variant="secondary"
                className="absolute top-1 right-1 size-6"
                onClick={() => remove.mutate({ projectId: project.id, id: newId(), imageId: row.id, classId: null })}
              >
                <X size={12} aria-hidden />
              </IconButton>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
