'use client';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { unpackMap } from '#core/round/point-map.ts';
import { LegendKey } from '../../../../../../_charts/frame.tsx';
import { ScatterMap } from '../../../../../../_charts/scatter-map.tsx';
import { useHiddenWords } from '../../../../../../_labeling/hidden-guess.tsx';
import { useTRPC } from '../../../../../../_lib/api.ts';
import { classColour } from '../../../../../../_lib/class-colour.ts';
import { formatNumber, formatPercent, plural } from '../../../../../../_lib/format.ts';
import { useProject } from '../../../../../../_shell/project.tsx';
import { ClassBadge } from '../../../../../../_ui/class-badge.tsx';
import { Loading } from '../../../../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../../../../_ui/states.tsx';
import { Segmented } from '../../../../../../_ui/form/toggles.tsx';
import { ImageDialog } from '../../../../../../_runs/image-dialog.tsx';
import type { OpenImage } from '../../../../../../_runs/image-dialog.tsx';

type Look = { id: string; name: string; colour: string; position: number };
type Colouring = 'class' | 'confidence' | 'flip' | 'people' | 'opens';

const COLUMN = { flip: 'flipped', people: 'labeled', opens: 'opens' } as const;
const KEYS = { flip: 'flipped', people: 'labeled by people', opens: 'opens for you' } as const;

const STEPS = 6;
const CONFIDENCE_PALETTE = Array.from(
  { length: STEPS },
  (_, index) => `color-mix(in oklab, var(--color-warn) ${100 - index * 20}%, var(--color-accent))`,
);

/** The pool as the model sees it: near images look alike to it. */
export function RoundMap({ roundId, classes }: { roundId: string; classes: readonly Look[] }) {
  const trpc = useTRPC();
  const { project, may } = useProject();
  const words = useHiddenWords();
  const [colouring, setColouring] = useState<Colouring>('class');
  const [place, setPlace] = useState<{ x: number; y: number } | null>(null);
  const seesAll = may('annotation:adjudicate');
  // To leads every point opens for good; for others that follows their answers (REVIEW-8).
  const staleTime = seesAll ? Infinity : 0;
  const packed = useQuery(trpc.round.map.queryOptions({ projectId: project.id, roundId }, { staleTime }));
  const found = useQuery(
    trpc.round.mapImage.queryOptions(
      { projectId: project.id, roundId, x: place?.x ?? 0, y: place?.y ?? 0 },
      { enabled: place !== null, staleTime },
    ),
  );
  const map = useMemo(() => (packed.data ? unpackMap(packed.data) : null), [packed.data]);
  const groups = useMemo(() => {
    if (!map) return new Uint8Array(0);
    if (colouring === 'class') return map.classIndex;
    if (colouring === 'confidence')
      return Uint8Array.from(map.confidence, (value) => Math.min(STEPS - 1, Math.floor(value * STEPS)));
    return map[COLUMN[colouring]].map((value) => (value === 1 ? 0 : 255));
  }, [map, colouring]);
  const palette = useMemo(
    () =>
      colouring === 'class'
        ? classes.map(({ colour }) => classColour(colour))
        : colouring === 'confidence'
          ? CONFIDENCE_PALETTE
          : ['var(--color-accent)'],
    [colouring, classes],
  );
  if (packed.isPending) return <Loading className="h-96" />;
  if (packed.error) return <ErrorState error={packed.error} onRetry={() => void packed.refetch()} />;
  if (!map || map.count === 0)
    return (
      <EmptyState title="No map of this round">
        A round draws its map when it predicts the pool. Control arms have none.
      </EmptyState>
    );
  const renderTip = (index: number) => (
    <Tip
      look={classes[map.classIndex[index] ?? -1]}
      confidence={map.confidence[index] ?? 0}
      flipped={map.flipped[index] === 1}
      labeled={map.labeled[index] === 1}
      closed={map.opens[index] === 1 ? null : words}
    />
  );
  const open: OpenImage | null =
    place !== null && found.data
      ? { imageId: found.data.imageId, fileName: found.data.fileName, truthClassId: found.data.truthClassId }
      : null;
  const [flips, opening] = [map.flipped, map.opens].map((column) => column.reduce((sum, value) => sum + value, 0));
  const options: { value: Colouring; label: string }[] = [
    { value: 'class', label: 'Class' },
    { value: 'confidence', label: 'Confidence' },
    { value: 'flip', label: 'Flips' },
    { value: 'people', label: 'Labeled' },
    ...(seesAll ? [] : [{ value: 'opens' as const, label: 'Opens' }]),
  ];
  return (
    <div>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        <Segmented label="Colour by" value={colouring} onChange={setColouring} options={options} />
        <p className="text-xs text-pretty text-muted">
          {plural(map.count, 'image')} of the pool, {formatNumber(flips)} flipped since the round before.{' '}
          {opening === map.count
            ? 'Click a point to see its image.'
            : opening === 0
              ? `Points do not open for you${
                  project.settings.guess === 'never'
                    ? `: ${words.toLowerCase()}`
                    : ' ' + 'yet: each opens once you have answered its image, or people have settled it.'
                }`
              : `${formatNumber(opening)} of the points open with a click: those you have answered and those people ` +
                `have settled. The others open after your answer.`}
        </p>
      </div>
      <ScatterMap
        label="Map of the pool"
        summary={`${plural(map.count, 'image')}; near ones look alike to the model.`}
        height={520}
        xs={map.x}
        ys={map.y}
        groups={groups}
        palette={palette}
        legend={<Legend colouring={colouring} classes={classes} />}
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

function Legend({ colouring, classes }: { colouring: Colouring; classes: readonly Look[] }) {
  if (colouring === 'class')
    return classes.slice(0, 12).map((look) => <ClassBadge key={look.id} look={look} size="sm" />);
  if (colouring === 'confidence')
    return CONFIDENCE_PALETTE.map((colour, index) => (
      <LegendKey key={colour} colour={colour} block>
        {Math.round((index / STEPS) * 100)}%+
      </LegendKey>
    ));
  return (
    <LegendKey colour="var(--color-accent)" block>
      {KEYS[colouring]}
    </LegendKey>
  );
}

/** @param closed why the point does not open; null when it does */
const Tip = ({
  look,
  confidence,
  flipped,
  labeled,
  closed,
}: {
  look: Look | undefined;
  confidence: number;
  flipped: boolean;
  labeled: boolean;
  closed: string | null;
}) => (
  <div className="space-y-0.5">
    {look && <ClassBadge look={look} size="sm" />}
    <div className="text-muted tabular">{formatPercent(confidence)} sure</div>
    {flipped && <div className="text-muted">flipped</div>}
    {labeled && <div className="text-muted">labeled by people</div>}
    {closed !== null && <div className="max-w-44 text-pretty text-muted">Does not open: {closed}</div>}
  </div>
);
