'use client';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import type { UnpackedMap } from '#core/round/point-map.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import { useText } from '../../../../_text/text.tsx';
import { useProject } from '../../../../_shell/project.tsx';
import { OpeningMap } from './opening-map.tsx';

/** Points coloured by the class that people gave, or by what a model takes the others for. */
export function FeatureMap({
  map,
  classIds,
  tags,
  roundId,
  actions,
}: {
  map: UnpackedMap;
  classIds: readonly string[];
  tags: readonly string[];
  roundId: string | null;
  actions: ReactNode;
}) {
  const { t } = useText();
  const trpc = useTRPC();
  const { project, classById } = useProject();
  const [place, setPlace] = useState<{ x: number; y: number } | null>(null);
  const found = useQuery(
    trpc.gallery.mapImage.queryOptions(
      { projectId: project.id, x: place?.x ?? 0, y: place?.y ?? 0 },
      { enabled: place !== null, staleTime: 0 },
    ),
  );
  const looks = useMemo(() => classIds.map((id) => classById.get(id)), [classIds, classById]);
  const labeled = useMemo(() => map.labeled.reduce((sum, value) => sum + value, 0), [map.labeled]);
  return (
    <OpeningMap
      map={map}
      looks={looks}
      tags={tags}
      kind="features"
      roundId={roundId}
      summary={t('map.summary', { count: map.count, labeled })}
      said={t('map.said', { labeled })}
      height={560}
      actions={actions}
      onPlace={setPlace}
      found={place === null ? undefined : found.data}
    />
  );
}
