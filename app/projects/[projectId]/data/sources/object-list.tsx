'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ObjectState } from '#core/source/source.ts';
import { useText } from '../../../../_text/text.tsx';
import { useTRPC } from '../../../../_lib/api.ts';
import { formatBytes, formatNumber } from '../../../../_lib/format.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Skeleton } from '../../../../_ui/spinner.tsx';
import { readStored } from '../../../../_lib/error.ts';

const FEW = 20;
const MOST = 200;

/** What stands in one state at a source, a few first; asked for only when somebody opens it. */
export function ObjectList({
  sourceId,
  state,
  count,
  title,
}: {
  sourceId: string;
  state: ObjectState;
  count: number;
  title: string;
}) {
  const { t } = useText();
  const { project } = useProject();
  const trpc = useTRPC();
  const [isOpen, setOpen] = useState(false);
  const [limit, setLimit] = useState(FEW);
  const objects = useQuery(
    trpc.source.objects.queryOptions(
      { projectId: project.id, sourceId, state, limit },
      { enabled: isOpen, placeholderData: keepPreviousData },
    ),
  );
  if (count === 0) return null;
  const shown = objects.data?.objects ?? [];
  return (
    <details className="rounded-md border border-line" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer px-3 py-2 text-sm">
        {title}: {formatNumber(count)}
      </summary>
      {objects.isPending && isOpen && <Skeleton className="m-3 h-16" />}
      <ul
        className="max-h-64 divide-y divide-line overflow-y-auto border-t border-line"
        tabIndex={0}
        aria-label={title}
      >
        {shown.map(({ key, size, message, messageSaid }) => (
          <li key={key} className="px-3 py-1.5 text-xs">
            <span className="flex justify-between gap-4">
              <span className="min-w-0 font-mono break-all">{key}</span>
              {size > 0 && <span className="shrink-0 text-muted tabular">{formatBytes(size)}</span>}
            </span>
            {message !== null && <span className="block text-muted">{readStored(messageSaid, message)}</span>}
          </li>
        ))}
      </ul>
      {count > shown.length && shown.length > 0 && (
        <p className="flex items-center justify-between border-t border-line px-3 py-1.5 text-xs text-muted">
          {t('data.firstListed', { count: shown.length })}
          {limit < MOST && (
            <Button size="sm" variant="ghost" onClick={() => setLimit(MOST)}>
              {t('common.showMore')}
            </Button>
          )}
        </p>
      )}
    </details>
  );
}
