'use client';
import { useQuery } from '@tanstack/react-query';
import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useText } from '../../../../_text/text.tsx';
import { useTRPC } from '../../../../_lib/api.ts';
import { formatNumber } from '../../../../_lib/format.ts';
import { thumbnailSrc } from '../../../../_lib/media.ts';
import { projectHref } from '../../../../_shell/nav.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { ClassBadge } from '../../../../_ui/class-badge.tsx';
import { Panel } from '../../../../_ui/panel.tsx';
import { Select } from '../../../../_ui/form/select.tsx';
import { Loading } from '../../../../_ui/spinner.tsx';
import { ErrorState } from '../../../../_ui/states.tsx';
import { Stat, StatRow } from '../../../../_ui/stat.tsx';
import { Table, Td, Th, Tr } from '../../../../_ui/table.tsx';

const SHOWN = 24;

/** What changed from one snapshot to another. */
export function SnapshotDiff({ snapshots }: { snapshots: readonly { id: string; name: string }[] }) {
  const { t } = useText();
  const { project, classById } = useProject();
  const trpc = useTRPC();
  const [before, setBefore] = useState(snapshots[1]?.id ?? '');
  const [after, setAfter] = useState(snapshots[0]?.id ?? '');
  const diff = useQuery(
    trpc.export.diffSnapshots.queryOptions(
      { projectId: project.id, beforeId: before, afterId: after },
      { enabled: before !== after },
    ),
  );
  const options = snapshots.map((one) => ({ value: one.id, label: one.name }));
  const nameOf = (classId: string) => {
    const look = classById.get(classId);
    return look === undefined ? (
      <span className="text-muted">{t('snapshots.deletedClass')}</span>
    ) : (
      <ClassBadge look={look} size="sm" />
    );
  };
  return (
    <Panel
      title={t('snapshots.whatChanged')}
      actions={
        <>
          <Select
            size="sm"
            label={t('snapshots.from')}
            value={before}
            onChange={setBefore}
            options={options}
            className="w-36"
          />
          <ArrowRight size={14} aria-label={t('snapshots.towards')} className="text-faint" />
          <Select
            size="sm"
            label={t('snapshots.to')}
            value={after}
            onChange={setAfter}
            options={options}
            className="w-36"
          />
        </>
      }
    >
      {before === after && <p className="text-sm text-muted">{t('snapshots.chooseTwo')}</p>}
      {diff.isLoading && <Loading />}
      {diff.error && <ErrorState error={diff.error} onRetry={() => void diff.refetch()} />}
      {diff.data && before !== after && (
        <div className="space-y-5">
          <StatRow>
            <Stat label={t('snapshots.newly')} value={formatNumber(diff.data.totals.added)} />
            <Stat label={t('snapshots.another')} value={formatNumber(diff.data.totals.changed)} />
            <Stat label={t('snapshots.gone')} value={formatNumber(diff.data.totals.removed)} />
            <Stat label={t('snapshots.split')} value={formatNumber(diff.data.totals.moved)} />
            <Stat label={t('snapshots.same')} value={formatNumber(diff.data.totals.unchanged)} />
          </StatRow>
          <Table label={t('snapshots.byClass')}>
            <thead>
              <tr>
                <Th>{t('snapshots.class')}</Th>
                <Th numeric>{t('snapshots.before')}</Th>
                <Th numeric>{t('snapshots.after')}</Th>
                <Th numeric>{t('snapshots.difference')}</Th>
              </tr>
            </thead>
            <tbody>
              {Object.entries(diff.data.counts).map(([classId, count]) => (
                <Tr key={classId}>
                  <Td className="h-8">{nameOf(classId)}</Td>
                  <Td numeric className="h-8">
                    {formatNumber(count.before)}
                  </Td>
                  <Td numeric className="h-8">
                    {formatNumber(count.after)}
                  </Td>
                  <Td numeric className="h-8">
                    {count.after === count.before
                      ? '±0'
                      : count.after > count.before
                        ? `+${formatNumber(count.after - count.before)}`
                        : `−${formatNumber(count.before - count.after)}`}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
          <Changed
            title={t('snapshots.another')}
            items={diff.data.changed.map((one) => ({
              imageId: one.imageId,
              note: (
                <>
                  {nameOf(one.from)} <ArrowRight size={11} aria-label={t('snapshots.towards')} /> {nameOf(one.to)}
                </>
              ),
            }))}
          />
          <Changed
            title={t('snapshots.newly')}
            items={diff.data.added.map((one) => ({ imageId: one.imageId, note: nameOf(one.classId) }))}
          />
          <Changed
            title={t('snapshots.gone')}
            items={diff.data.removed.map((one) => ({ imageId: one.imageId, note: nameOf(one.classId) }))}
          />
        </div>
      )}
    </Panel>
  );
}

function Changed({ title, items }: { title: string; items: readonly { imageId: string; note: ReactNode }[] }) {
  const { t } = useText();
  const { project } = useProject();
  if (items.length === 0) return null;
  return (
    <section>
      <h3 className="mb-2 text-xs font-medium text-muted">
        {title}
        {items.length > SHOWN && t('snapshots.theFirst', { count: SHOWN })}
      </h3>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(7rem,1fr))] gap-3">
        {items.slice(0, SHOWN).map((item) => (
          <li key={item.imageId} className="min-w-0">
            <Link
              href={projectHref(project.id, `images/${item.imageId}`)}
              aria-label={t('snapshots.openImage')}
              className="block"
            >
              <img
                src={thumbnailSrc(project.id, item.imageId)}
                alt=""
                loading="lazy"
                className="aspect-square w-full rounded-md border border-line bg-sunken object-contain"
              />
            </Link>
            <div className="mt-1 flex flex-wrap items-center gap-1 text-xs">{item.note}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}
