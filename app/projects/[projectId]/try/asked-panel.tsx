'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ClipboardCheck } from 'lucide-react';
import { useState } from 'react';
import { KEPT_CHOICES } from '#core/serving/limits.ts';
import { useTRPC } from '../../../_lib/api.ts';
import type { Outputs } from '../../../_lib/api.ts';
import { cn } from '../../../_lib/cn.ts';
import { readError } from '../../../_lib/error.ts';
import { useText } from '../../../_text/text.tsx';
import { useProject } from '../../../_shell/project.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Select } from '../../../_ui/form/select.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { ErrorState, Notice } from '../../../_ui/states.tsx';

type Asked = Outputs['serving']['asked']['rows'][number];

/** How often what was asked is looked at anew, ms: nobody is told of each picture. */
const AGAIN_MS = 5000;

/** What was asked, where a lead has it kept; from here pictures go to people. */
export function AskedPanel() {
  const { t } = useText();
  const trpc = useTRPC();
  const { project, may } = useProject();
  const queryClient = useQueryClient();
  const input = { projectId: project.id };
  const asked = useQuery(trpc.serving.asked.queryOptions(input, { refetchInterval: AGAIN_MS }));
  const onSuccess = () => {
    setChosen(new Set());
    void queryClient.invalidateQueries(trpc.serving.asked.queryFilter(input));
  };
  /** So many are to be kept, which would delete some: asked first. */
  const [fewer, setFewer] = useState<(typeof KEPT_CHOICES)[number] | null>(null);
  const [ticked, setChosen] = useState<ReadonlySet<string>>(new Set());
  const keep = useMutation(trpc.serving.keepAsked.mutationOptions({ onSuccess }));
  const send = useMutation(trpc.serving.sendAsked.mutationOptions({ onSuccess }));
  if (asked.error) return <ErrorState error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return null;
  const { kept, rows } = asked.data;
  // What newer pictures pushed out is chosen no more.
  const chosen = new Set(rows.flatMap(({ id }) => (ticked.has(id) ? [id] : [])));
  const error = keep.error ?? send.error;
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <Panel
      title={t('trying.asked')}
      description={kept === 0 ? t('trying.askedNothing') : t('trying.askedKept', { count: kept })}
      actions={
        <>
          {may('model:promote') && (
            <Select
              size="sm"
              label={t('trying.whatIsKept')}
              className="w-48"
              value={String(kept)}
              onChange={(value) => {
                const next = KEPT_CHOICES.find((one) => String(one) === value);
                if (next === undefined) return;
                if (next < kept && rows.length > next) setFewer(next);
                else keep.mutate({ ...input, kept: next });
              }}
              options={KEPT_CHOICES.map((value) => ({ value: String(value), label: t(`trying.keep.${value}`) }))}
            />
          )}
          {rows.length > 0 && may('image:import') && (
            <Button
              size="sm"
              variant="primary"
              icon={<ClipboardCheck size={13} aria-hidden />}
              busy={send.isPending}
              disabled={chosen.size === 0}
              onClick={() => send.mutate({ ...input, ids: [...chosen] })}
            >
              {chosen.size === 0 ? t('trying.send') : t('trying.sendCount', { count: chosen.size })}
            </Button>
          )}
        </>
      }
    >
      {fewer !== null && (
        <Confirm
          open
          onOpenChange={(open) => !open && setFewer(null)}
          title={fewer === 0 ? t('trying.deleteAsk') : t('trying.deleteOlder', { count: fewer })}
          action={t('trying.deleteThem')}
          danger
          onConfirm={() => keep.mutateAsync({ ...input, kept: fewer })}
        >
          <p>{t(fewer === 0 ? 'trying.deleteAllWhy' : 'trying.deleteOlderWhy')}</p>
        </Confirm>
      )}
      {error !== null && <Notice tone="bad">{readError(error).message}</Notice>}
      {send.data && (
        <Notice tone="good">
          {send.data.queued === 0 ? t('trying.noneQueued') : t('trying.queued', { count: send.data.queued })}
        </Notice>
      )}
      {kept > 0 && rows.length === 0 && <p className="text-sm text-muted">{t('trying.nobodyAsked')}</p>}
      {rows.length > 0 && (
        <ul
          aria-label={t('trying.pictures')}
          className="mt-3 grid max-h-96 grid-cols-[repeat(auto-fill,minmax(7rem,1fr))] gap-2 overflow-y-auto"
        >
          {rows.map((row) => (
            <li key={row.id}>
              <AskedCard row={row} isChosen={chosen.has(row.id)} onToggle={() => toggle(row.id)} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function AskedCard({ row, isChosen, onToggle }: { row: Asked; isChosen: boolean; onToggle: () => void }) {
  const { t, format } = useText();
  const { project } = useProject();
  const words = `${row.className ?? t('trying.noClass')}, ${format.percent(row.probability)}`;
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      aria-label={words}
      disabled={row.sentAt !== null}
      onClick={onToggle}
      className={cn(
        'block w-full rounded-md border p-1 text-left hover:bg-hover disabled:opacity-60',
        isChosen ? 'border-accent bg-accent-soft' : 'border-line',
      )}
    >
      <img
        src={`/media/projects/${project.id}/asked/${row.id}`}
        alt=""
        loading="lazy"
        className="aspect-square w-full rounded-sm object-contain"
      />
      <span className="mt-1 block truncate text-xs">{words}</span>
      <span className="block truncate text-2xs text-muted">
        {row.sentAt === null
          ? `${row.memberName ?? t('trying.somebody')}, ${format.relative(row.askedAt)}`
          : t('trying.sent')}
      </span>
    </button>
  );
}
