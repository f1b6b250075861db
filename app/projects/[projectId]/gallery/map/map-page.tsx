'use client';
import { useQuery } from '@tanstack/react-query';
import { Images, Map as MapIcon } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import type { Translate } from '#core/text/text.ts';
import { useText } from '../../../../_text/text.tsx';
import { roundWords } from '../../../../_labeling/round-words.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import type { Outputs } from '../../../../_lib/api.ts';
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
import { runWords } from '../../../../_runs/words.tsx';

/** The project's pool as its backbone sees it, before any run. */
export function MapPage() {
  const { t } = useText();
  const { project, may } = useProject();
  useAnnouncePresence(project.id, 'gallery', null);
  const [roundId, setRoundId] = useState<string | null>(null);
  const { seen, map } = useLiveMap(roundId);
  return (
    <Page
      title={t('map.title')}
      description={seen.data ? describe(t, seen.data) : t('map.description')}
      actions={
        <Button asChild>
          <Link href={projectHref(project.id, 'gallery')}>
            <Images size={14} aria-hidden /> {t('map.gallery')}
          </Link>
        </Button>
      }
    >
      {seen.isPending && <Loading className="h-96" />}
      {seen.error && <ErrorState error={seen.error} onRetry={() => void seen.refetch()} />}
      {seen.data === null || seen.data?.map.count === 0 ? (
        <EmptyState
          icon={<MapIcon size={18} />}
          title={t('map.none')}
          className="rounded-lg border border-dashed border-line-strong"
          action={
            may('image:import') && (
              <Button asChild variant="primary">
                <Link href={projectHref(project.id, 'data')}>{t('map.goToData')}</Link>
              </Button>
            )
          }
        >
          {t('map.noneWhy')}
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
  const { t } = useText();
  const trpc = useTRPC();
  const { project } = useProject();
  const runs = useQuery(trpc.run.list.queryOptions({ projectId: project.id }));
  const rounds =
    runs.data?.flatMap((run) =>
      run.rounds
        .filter((round) => round.role !== 'control' && round.endedAt !== null)
        .map((round) => ({ value: round.id, label: `${runWords(t, run)}, ${roundWords(t, round)}` })),
    ) ?? [];
  if (rounds.length === 0) return null;
  return (
    <Select
      size="sm"
      label={t('map.guessesOf')}
      value={value ?? STANDING}
      onChange={(next) => onChange(next === STANDING ? null : next)}
      options={[{ value: STANDING, label: t('map.guessesOfBest') }, ...rounds]}
    />
  );
}

function describe(t: Translate, { backbone, done, total, map }: NonNullable<Outputs['gallery']['map']>): string {
  const values = { count: map.count, backbone: backbone ?? t('map.noBackbone') };
  return done < total ? t('map.aboutSoFar', { ...values, done, total }) : t('map.about', values);
}
