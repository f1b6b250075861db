'use client';
import { useQuery } from '@tanstack/react-query';
import { Images, Map as MapIcon } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { runTitle } from '#core/book/run-book.ts';
import { roundName } from '#core/run/run.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import type { Outputs } from '../../../../_lib/api.ts';
import { formatNumber, plural } from '../../../../_lib/format.ts';
import { useAnnouncePresence } from '../../../../_lib/socket.ts';
import { projectHref } from '../../../../_shell/nav.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Page } from '../../../../_ui/panel.tsx';
import { Loading } from '../../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../../_ui/states.tsx';
import { Select } from '../../../../_ui/form/select.tsx';
import { FeatureMap } from './feature-map.tsx';
import { useLiveMap } from './use-live-map.ts';

/** The project's pool as its backbone sees it, before any run. */
export function MapPage() {
  const { project, may } = useProject();
  useAnnouncePresence(project.id, 'gallery', null);
  const [roundId, setRoundId] = useState<string | null>(null);
  const { seen, map } = useLiveMap(roundId);
  return (
    <Page
      title="Map"
      description={seen.data ? describe(seen.data) : 'Images that lie near each other look alike to the backbone.'}
      actions={
        <Button asChild>
          <Link href={projectHref(project.id, 'gallery')}>
            <Images size={14} aria-hidden /> Gallery
          </Link>
        </Button>
      }
    >
      {seen.isPending && <Loading className="h-96" />}
      {seen.error && <ErrorState error={seen.error} onRetry={() => void seen.refetch()} />}
      {seen.data === null || seen.data?.map.count === 0 ? (
        <EmptyState
          icon={<MapIcon size={18} />}
          title="No map yet"
          className="rounded-lg border border-dashed border-line-strong"
          action={
            may('image:import') && (
              <Button asChild variant="primary">
                <Link href={projectHref(project.id, 'data')}>Go to Data</Link>
              </Button>
            )
          }
        >
          Each image is placed on the map once it is embedded, seconds after it arrives. The Data page tells how far
          that is.
        </EmptyState>
      ) : (
        seen.data &&
        map && (
          <FeatureMap
            map={map}
            classIds={seen.data.classIds}
            tags={seen.data.tags}
            roundId={roundId}
            actions={may('prediction:browse') && <RoundPick value={roundId} onChange={setRoundId} />}
          />
        )
      )}
    </Page>
  );
}

const STANDING = 'standing';

/** Whose guesses colour the map. */
function RoundPick({ value, onChange }: { value: string | null; onChange: (roundId: string | null) => void }) {
  const trpc = useTRPC();
  const { project } = useProject();
  const runs = useQuery(trpc.run.list.queryOptions({ projectId: project.id }));
  const rounds =
    runs.data?.flatMap((run) =>
      run.rounds
        .filter((round) => round.role !== 'control' && round.endedAt !== null)
        .map((round) => ({ value: round.id, label: `${runTitle(run)}, ${roundName(round).toLowerCase()}` })),
    ) ?? [];
  if (rounds.length === 0) return null;
  return (
    <Select
      size="sm"
      label="Guesses of"
      value={value ?? STANDING}
      onChange={(next) => onChange(next === STANDING ? null : next)}
      options={[{ value: STANDING, label: 'Guesses of the best model' }, ...rounds]}
    />
  );
}

function describe({ backbone, done, total, map }: NonNullable<Outputs['gallery']['map']>): string {
  const who = backbone ?? 'edges and colours (no backbone is here)';
  const rest = done < total ? ` So far ${formatNumber(done)} of ${formatNumber(total)} images are embedded.` : '';
  return `${plural(map.count, 'image')} of the pool by ${who}: near ones look alike to it.${rest}`;
}
