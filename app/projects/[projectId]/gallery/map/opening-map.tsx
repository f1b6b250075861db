'use client';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import type { UnpackedMap } from '#core/round/point-map.ts';
import { useText } from '../../../../_text/text.tsx';
import { ScatterMap } from '../../../../_charts/map/scatter-map.tsx';
import { useHotkeys } from '../../../../_keys/keys.ts';
import { useHiddenWords } from '../../../../_labeling/hidden-guess.tsx';
import { thumbnailSrc } from '../../../../_lib/media.ts';
import { ImageDialog } from '../../../../_runs/image-dialog.tsx';
import type { OpenImage } from '../../../../_runs/image-dialog.tsx';
import { useProject } from '../../../../_shell/project.tsx';
import { ClassBadge } from '../../../../_ui/class-badge.tsx';
import { Segmented } from '../../../../_ui/form/toggles.tsx';
import { colourPoints, listColourings } from './colouring.ts';
import type { Colouring, Look } from './colouring.ts';
import { MapLegend } from './map-legend.tsx';
import { MapSelection } from './map-selection.tsx';
import { SelectMenu } from './select-menu.tsx';

const NONE: ReadonlySet<number> = new Set();

export interface OpeningMapProps {
  map: UnpackedMap;
  /** Of the classes that the map counts in. */
  looks: readonly (Look | undefined)[];
  tags: readonly string[];
  /** By what the backbone sees, or by what a round does. */
  kind: 'features' | 'round';
  /** The round whose guesses are shown; null: whoever speaks for the project. */
  roundId: string | null;
  /** What the map is, in a sentence that is read aloud. */
  summary: string;
  /** Before the sentence about points that open. */
  said: string;
  height: number;
  actions?: ReactNode;
  /** The place of the point that was chosen, in the map's units. */
  onPlace: (place: { x: number; y: number } | null) => void;
  /** The image there; null where it is hidden, undefined while none is asked for. */
  found: OpenImage | null | undefined;
}

/** A map of images: coloured by what is asked, its points open, and what is caught of it can be worked on. */
export function OpeningMap(props: OpeningMapProps) {
  const { t } = useText();
  const { map, looks, tags, kind, height, onPlace, found } = props;
  const { project, may } = useProject();
  const words = useHiddenWords();
  const seesAll = may('annotation:adjudicate');
  const colourings = useMemo(() => listColourings(t, map, { kind, seesAll }), [t, map, kind, seesAll]);
  const [asked, setAsked] = useState<Colouring | null>(null);
  const by = colourings.find(({ value }) => value === asked)?.value ?? colourings[0]?.value ?? 'labeled';
  const { groups, palette, legend } = useMemo(() => colourPoints(t, map, by, looks, tags), [t, map, by, looks, tags]);
  const [hidden, setHidden] = useState(NONE);
  /** Belongs to one set of points: whatever makes another one clears it. */
  const [caught, setCaught] = useState<{ of: Float32Array; mask: Uint8Array } | null>(null);
  const selected = caught?.of === map.x ? caught.mask : null;
  const count = useMemo(() => selected?.reduce((sum, one) => sum + one, 0) ?? 0, [selected]);
  const clear = () => setCaught(null);
  useHotkeys({ Escape: count > 0 && found === undefined ? clear : null });

  const choose = (points: Iterable<number>, adds: boolean) => {
    const mask = adds && selected ? selected.slice() : new Uint8Array(map.count);
    for (const point of points) mask[point] = 1;
    setCaught(mask.includes(1) ? { of: map.x, mask } : null);
  };
  const select = (group: number | null) => {
    const points: number[] = [];
    groups.forEach((own, point) => {
      if (map.opens[point] === 1 && (group === null ? !hidden.has(own) : own === group)) points.push(point);
    });
    choose(points, false);
  };
  const opening = useMemo(() => map.opens.reduce((sum, value) => sum + value, 0), [map.opens]);
  const sentence =
    opening === map.count
      ? t('map.clickPoint')
      : opening === 0
        ? project.settings.guess === 'never'
          ? t('map.noneOpens', { why: words.toLowerCase() })
          : t('map.opensOnce')
        : t('map.someOpen', { count: opening });
  const opens = (point: number): boolean => map.opens[point] === 1;
  const renderTip = (point: number) => (
    <Tip map={map} point={point} looks={looks} tags={tags} closed={opens(point) ? null : words} />
  );
  const shown = legend.reduce((sum, one) => sum + (hidden.has(one.group) ? 0 : one.count), 0);
  return (
    <div>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        <div className="flex min-w-0 flex-wrap items-center gap-2">
          <div className="max-w-full overflow-x-auto">
            <Segmented
              label={t('map.colourBy')}
              value={by}
              onChange={(next) => {
                setAsked(next);
                setHidden(NONE);
              }}
              options={colourings}
            />
          </div>
          {seesAll && <SelectMenu groups={legend} shown={shown} onSelect={select} />}
          {props.actions}
        </div>
        <p className="text-xs text-pretty text-muted">
          {props.said} {sentence}
          {seesAll && ` ${t('map.shiftSelects')}`}
        </p>
      </div>
      <ScatterMap
        label={t('map.pool')}
        summary={props.summary}
        counts={legend}
        height={height}
        xs={map.x}
        ys={map.y}
        groups={groups}
        palette={palette}
        hidden={hidden}
        legend={<MapLegend groups={legend} hidden={hidden} onChange={setHidden} />}
        selected={selected}
        {...(seesAll ? { onCatch: choose } : {})}
        mayCatch={opens}
        pictureOf={(point) => {
          const imageId = map.imageIdOf(point);
          return imageId === null ? null : thumbnailSrc(project.id, imageId);
        }}
        tip={renderTip}
        opens={opens}
        onSelect={(point) => onPlace({ x: map.x[point] ?? 0, y: map.y[point] ?? 0 })}
      />
      {found === null && (
        <p role="status" className="mt-2 text-xs text-muted">
          — {words}
        </p>
      )}
      <ImageDialog image={found ?? null} onClose={() => onPlace(null)} />
      {selected !== null && count > 0 && (
        <MapSelection map={map} selected={selected} roundId={props.roundId} onClear={clear} />
      )}
    </div>
  );
}

/** @param props.closed why the point does not open; null when it does */
function Tip({
  map,
  point,
  looks,
  tags,
  closed,
}: Pick<OpeningMapProps, 'map' | 'looks' | 'tags'> & { point: number; closed: string | null }) {
  const { t, format } = useText();
  const look = looks[map.classIndex[point] ?? -1];
  const confidence = map.confidence[point] ?? 0;
  const isLabeled = map.labeled[point] === 1;
  const tag = tags[map.tag[point] ?? -1];
  return (
    <div className="space-y-0.5">
      {look && <ClassBadge look={look} size="sm" />}
      {confidence > 0 && (
        <div className="text-muted tabular">
          {t(isLabeled ? 'map.sure' : 'map.sureGuess', { share: format.percent(confidence) })}
        </div>
      )}
      <div className="text-muted">
        {t(isLabeled ? 'map.labeledBy' : look === undefined ? 'map.noLabel' : 'map.noHuman')}
      </div>
      {map.suspect[point] === 1 && <div className="text-bad">{t('map.doubtedLabel')}</div>}
      {map.flipped[point] === 1 && <div className="text-muted">{t('map.flipped')}</div>}
      {tag !== undefined && <div className="text-muted">{t('map.tagged', { tag })}</div>}
      {closed !== null && <div className="max-w-44 text-pretty text-muted">{t('map.closed', { why: closed })}</div>}
    </div>
  );
}
