'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { unpackMap } from '#core/round/point-map.ts';
import { useTRPC } from '../../../../../../_lib/api.ts';
import { useEvent } from '../../../../../../_lib/socket.ts';
import { useText } from '../../../../../../_text/text.tsx';
import { useProject } from '../../../../../../_shell/project.tsx';
import { Loading } from '../../../../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../../../../_ui/states.tsx';
import type { Look } from '../../../../gallery/map/colouring.ts';
import { OpeningMap } from '../../../../gallery/map/opening-map.tsx';

/** The pool as the model sees it: near images look alike to it. */
export function RoundMap({ roundId, classes }: { roundId: string; classes: readonly Look[] }) {
  const { t } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { project, may } = useProject();
  const [place, setPlace] = useState<{ x: number; y: number } | null>(null);
  // To leads every point opens for good; for others that follows their answers (REVIEW-8).
  const staleTime = may('annotation:adjudicate') ? Infinity : 0;
  const input = { projectId: project.id, roundId };
  const packed = useQuery(trpc.round.map.queryOptions(input, { staleTime }));
  const found = useQuery(
    trpc.round.mapImage.queryOptions(
      { ...input, x: place?.x ?? 0, y: place?.y ?? 0 },
      { enabled: place !== null, staleTime },
    ),
  );
  useEvent('images:changed', (event) => {
    if (event.projectId === project.id) void queryClient.invalidateQueries(trpc.round.map.queryFilter(input));
  });
  const map = useMemo(() => (packed.data ? unpackMap(packed.data.map) : null), [packed.data]);
  if (packed.isPending) return <Loading className="h-96" />;
  if (packed.error) return <ErrorState error={packed.error} onRetry={() => void packed.refetch()} />;
  if (!map || map.count === 0) return <EmptyState title={t('runround.mapNone')}>{t('runround.mapNoneWhy')}</EmptyState>;
  const flips = map.flipped.reduce((sum, value) => sum + value, 0);
  return (
    <OpeningMap
      map={map}
      looks={classes}
      tags={packed.data.tags}
      kind="round"
      roundId={roundId}
      summary={t('runround.mapSummary', { count: map.count })}
      said={t('runround.mapSaid', { count: map.count, flips })}
      height={520}
      onPlace={setPlace}
      found={place === null ? undefined : found.data}
    />
  );
}
