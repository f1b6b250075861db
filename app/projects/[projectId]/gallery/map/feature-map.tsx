'use client';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { NO_CLASS, unpackMap } from '#core/round/point-map.ts';
import { LegendKey } from '../../../../_charts/frame.tsx';
import { ScatterMap } from '../../../../_charts/scatter-map.tsx';
import { useHiddenWords } from '../../../../_labeling/hidden-guess.tsx';
import { useTRPC } from '../../../../_lib/api.ts';
import type { Outputs } from '../../../../_lib/api.ts';
import { classColour } from '../../../../_lib/class-colour.ts';
import { formatNumber, formatPercent } from '../../../../_lib/format.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { ClassBadge } from '../../../../_ui/class-badge.tsx';
import { Segmented } from '../../../../_ui/form/toggles.tsx';
import { ImageDialog } from '../../../../_runs/image-dialog.tsx';
import type { OpenImage } from '../../../../_runs/image-dialog.tsx';

type Colouring = 'people' | 'model' | 'labeled' | 'opens';

const LEGEND_MOST = 12;

/** Points coloured by the class that people gave, or by what a model takes the others for. */
export function FeatureMap({ seen }: { seen: NonNullable<Outputs['gallery']['map']> }) {
  const trpc = useTRPC();
  const { project, classById, may } = useProject();
  const words = useHiddenWords();
  const [colouring, setColouring] = useState<Colouring>('people');
  const [place, setPlace] = useState<{ x: number; y: number } | null>(null);
  const found = useQuery(
    trpc.gallery.mapImage.queryOptions(
      { projectId: project.id, x: place?.x ?? 0, y: place?.y ?? 0 },
      { enabled: place !== null, staleTime: 0 },
    ),
  );
  const map = useMemo(() => unpackMap(seen.map), [seen.map]);
  const looks = useMemo(() => seen.classIds.map((id) => classById.get(id)), [seen.classIds, classById]);
  const groups = useMemo(() => {
    if (colouring === 'model') return map.classIndex;
    if (colouring === 'people')
      return map.classIndex.map((index, point) => (map.labeled[point] === 1 ? index : NO_CLASS));
    return map[colouring].map((value) => (value === 1 ? 0 : NO_CLASS));
  }, [map, colouring]);
  const byClass = colouring === 'people' || colouring === 'model';
  const palette = useMemo(
    () => (byClass ? looks.map((look) => classColour(look?.colour ?? '#666666')) : ['var(--color-accent)']),
    [byClass, looks],
  );
  const count = (column: ArrayLike<number>): number =>
    Array.from(column).reduce((sum, value) => sum + (value === 1 ? 1 : 0), 0);
  const [labeled, opening] = [count(map.labeled), count(map.opens)];
  const guessed = map.classIndex.some((index, point) => index !== NO_CLASS && map.labeled[point] === 0);
  const options: { value: Colouring; label: string }[] = [
    { value: 'people', label: 'Class' },
    ...(guessed ? [{ value: 'model' as const, label: 'With guesses' }] : []),
    { value: 'labeled', label: 'Labeled' },
    ...(may('annotation:adjudicate') ? [] : [{ value: 'opens' as const, label: 'Opens' }]),
  ];
  const renderTip = (index: number) => (
    <Tip
      look={looks[map.classIndex[index] ?? NO_CLASS]}
      confidence={map.labeled[index] === 1 ? null : (map.confidence[index] ?? 0)}
      closed={map.opens[index] === 1 ? null : words}
    />
  );
  const open: OpenImage | null = place !== null && found.data ? found.data : null;
  return (
    <div>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        <Segmented label="Colour by" value={colouring} onChange={setColouring} options={options} />
        <p className="text-xs text-pretty text-muted">
          {formatNumber(labeled)} labeled by people.{' '}
          {opening === map.count
            ? 'Click a point to see its image.'
            : opening === 0
              ? 'A point opens for you once you have answered its image, or people have settled it.'
              : `${formatNumber(opening)} points open with a click: those you have answered and those people have ` +
                `settled.`}
        </p>
      </div>
      <ScatterMap
        label="Map of the pool"
        summary={`${map.count} images, ${labeled} labeled by people; near ones look alike to the backbone.`}
        height={560}
        xs={map.x}
        ys={map.y}
        groups={groups}
        palette={palette}
        legend={
          byClass ? (
            <>
              {looks.slice(0, LEGEND_MOST).map((look) => look && <ClassBadge key={look.id} look={look} size="sm" />)}
              {looks.length > LEGEND_MOST && <span>and {looks.length - LEGEND_MOST} more</span>}
              <LegendKey colour="var(--color-line-strong)" block>
                {colouring === 'model' ? 'no guess' : 'unlabeled'}
              </LegendKey>
            </>
          ) : (
            <LegendKey colour="var(--color-accent)" block>
              {colouring === 'labeled' ? 'labeled by people' : 'opens for you'}
            </LegendKey>
          )
        }
        tip={renderTip}
        opens={(index) => map.opens[index] === 1}
        onSelect={(index) => setPlace({ x: map.x[index] ?? 0, y: map.y[index] ?? 0 })}
      />
      {place !== null && found.data === null && (
        <p role="status" className="mt-2 text-xs text-muted">
          — {words}
        </p>
      )}
      <ImageDialog image={open} onClose={() => setPlace(null)} />
    </div>
  );
}

/** @param confidence of the model's guess; null where people said the class */
const Tip = ({
  look,
  confidence,
  closed,
}: {
  look: Parameters<typeof ClassBadge>[0]['look'] | undefined;
  confidence: number | null;
  closed: string | null;
}) => (
  <div className="space-y-0.5">
    {look && <ClassBadge look={look} size="sm" />}
    <div className="text-muted tabular">
      {look === undefined
        ? 'no label yet'
        : confidence === null
          ? 'labeled by people'
          : `${formatPercent(confidence)} sure, a guess`}
    </div>
    {closed !== null && <div className="max-w-44 text-pretty text-muted">Does not open: {closed}</div>}
  </div>
);
