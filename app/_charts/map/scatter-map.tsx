'use client';
import { Lasso, Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { readKey } from '#core/labeling/key-press.ts';
import { useText } from '../../_text/text.tsx';
import { cn } from '../../_lib/cn.ts';
import { onThemeChange, paintRgb } from '../../_lib/theme.ts';
import { IconButton } from '../../_ui/form/button.tsx';
import { ChartFrame } from '../frame.tsx';
import { bounds, makePointIndex } from '../geometry.ts';
import { catchPoints, pickPerCell, shiftOf, WHOLE, zoomed } from './lasso.ts';
import type { View } from './lasso.ts';
import { orderByGroup, paintPoints } from './paint-points.ts';
import type { Rgb } from './paint-points.ts';
import { useMapGestures } from './use-map-gestures.ts';
import { useWidth } from '../use-size.ts';

export interface ScatterMapProps {
  label: string;
  summary: string;
  /** The groups by name, for the table: the points are too many to read. */
  counts: readonly { name: string; count: number }[];
  /** Coordinates in any unit, one entry a point. */
  xs: ArrayLike<number>;
  ys: ArrayLike<number>;
  /** Index into `palette` for each point. */
  groups: ArrayLike<number>;
  /** CSS colours; a point with a group outside of it is drawn faint. */
  palette: readonly string[];
  /** Groups whose points are neither drawn, nor found, nor caught. */
  hidden?: ReadonlySet<number>;
  legend?: ReactNode;
  height?: number;
  /** 1 of points that are selected: drawn in ink above the others. */
  selected?: Uint8Array | null;
  /** What a lasso, a rectangle or a key caught; `adds` to what is selected. */
  onCatch?: (points: number[], adds: boolean) => void;
  /** May this point be caught? */
  mayCatch?: (index: number) => boolean;
  /** The picture of a point, shown once the map is zoomed in far enough; null of one that has none. */
  pictureOf?: (index: number) => string | null;
  /** What to show beside the pointer. */
  tip?: (index: number) => ReactNode;
  onSelect?: (index: number) => void;
  /** Does choosing this point do anything? Without it every point does. */
  opens?: (index: number) => boolean;
}

const BLACK: Rgb = [0, 0, 0];
const NO_GROUPS: ReadonlySet<number> = new Set();
const ALL = (): boolean => true;
/** Zoom from which pictures stand for points, and the side of the cell that each has, px. */
const PICTURES_FROM = 4;
const PICTURE_CELL = 64;

/**
 * Many points on a canvas: wheel, two fingers or + − zoom, drag or arrows move, 0 shows all; a click, or Enter for the
 * point nearest the middle, opens. A lasso (L) or a rectangle with Shift catches points.
 */
export function ScatterMap({
  label,
  summary,
  counts,
  xs,
  ys,
  groups,
  palette,
  hidden = NO_GROUPS,
  legend,
  height = 420,
  selected = null,
  onCatch,
  mayCatch = ALL,
  pictureOf,
  tip,
  onSelect,
  opens = ALL,
}: ScatterMapProps) {
  const { t, format } = useText();
  const { ref, width } = useWidth();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hover, setHover] = useState<{ index: number; x: number; y: number } | null>(null);
  const [isLasso, setLasso] = useState(false);
  const picture = useRef<ImageData | null>(null);

  const placed = useMemo(() => {
    const [left, right] = bounds(xs);
    const [bottom, top] = bounds(ys);
    const scale = Math.min(width / (right - left), height / (top - bottom));
    const px = Float32Array.from(xs, (value) => (value - (left + right) / 2) * scale + width / 2);
    const py = Float32Array.from(ys, (value) => ((bottom + top) / 2 - value) * scale + height / 2);
    return { px, py, find: makePointIndex(px, py, 14) };
  }, [xs, ys, width, height]);

  const isShown = useCallback(
    (index: number): boolean => hidden.size === 0 || !hidden.has(groups[index] ?? -1),
    [hidden, groups],
  );
  const cloud = useMemo(() => {
    // What is selected is a group of its own, above all others.
    const ink = palette.length;
    const own =
      selected === null
        ? groups
        : Uint8Array.from({ length: xs.length }, (_, at) => (selected[at] === 1 ? ink : (groups[at] ?? 255)));
    return { px: placed.px, py: placed.py, ...orderByGroup(own, xs.length, palette.length + 1, isShown) };
  }, [placed, groups, selected, xs.length, palette.length, isShown]);

  const [colours, setColours] = useState<readonly Rgb[] | null>(null);
  useEffect(() => {
    const read = () =>
      setColours(paintRgb(['var(--color-sunken)', 'var(--color-line-strong)', ...palette, 'var(--color-ink)']));
    read();
    return onThemeChange(read);
  }, [palette]);

  const pointAt = (at: View, x: number, y: number) => {
    const [shiftX, shiftY] = shiftOf(at, width, height);
    const index = placed.find((x - shiftX) / at.zoom, (y - shiftY) / at.zoom, isShown);
    setHover(index < 0 ? null : { index, x, y });
    return index;
  };
  const isOpen = (index: number | undefined): index is number =>
    index !== undefined && index >= 0 && onSelect !== undefined && opens(index);
  const { view, setView, drawn, handlers } = useMapGestures(canvas, {
    width,
    height,
    isLasso,
    catches: onCatch !== undefined,
    onPoint: pointAt,
    onAway: () => setHover(null),
    onClick: (at, x, y) => {
      // A finger has not hovered before.
      const index = pointAt(at, x, y);
      if (isOpen(index)) onSelect?.(index);
    },
    onDrawn: (polygon, adds) =>
      onCatch?.(
        catchPoints(polygon, placed, (index) => isShown(index) && mayCatch(index)),
        adds,
      ),
  });

  const draw = useCallback(
    (at: View) => {
      const node = canvas.current;
      const context = node?.getContext('2d', { alpha: false }) ?? null;
      if (node === null || context === null || width === 0 || colours === null) return;
      const ratio = Math.min(2, window.devicePixelRatio);
      const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (node.width !== wide || node.height !== high || picture.current === null) {
        [node.width, node.height] = [wide, high];
        picture.current = context.createImageData(wide, high);
      }
      const size = Math.min(7, Math.max(1.6, (xs.length > 20_000 ? 1.8 : 3) * Math.sqrt(at.zoom)));
      const [background = BLACK, ...points] = colours;
      const [shiftX, shiftY] = shiftOf(at, width, height);
      paintPoints(
        picture.current,
        cloud,
        { zoom: at.zoom * ratio, shiftX: shiftX * ratio, shiftY: shiftY * ratio },
        {
          background,
          colours: points,
          side: Math.max(1, Math.round(size * ratio)),
          opacity: xs.length > 20_000 ? 0.7 : 0.85,
        },
      );
      context.putImageData(picture.current, 0, 0);
    },
    [width, height, xs.length, cloud, colours],
  );

  useEffect(() => {
    const frame = requestAnimationFrame(() => draw(view));
    return () => cancelAnimationFrame(frame);
  }, [draw, view]);

  const pictures = useMemo(
    () =>
      pictureOf === undefined || view.zoom < PICTURES_FROM || width === 0
        ? []
        : pickPerCell(placed, view, { width, height, cell: PICTURE_CELL }, (at) => isShown(at) && opens(at)),
    [pictureOf, view, width, height, placed, isShown, opens],
  );

  const zoomBy = (factor: number) => setView((now) => zoomed(now, factor, width / 2, height / 2, width, height));
  const onKey = (event: KeyboardEvent) => {
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [60, 0],
      ArrowRight: [-60, 0],
      ArrowUp: [0, 60],
      ArrowDown: [0, -60],
    };
    const key = readKey(event);
    const by = moves[key ?? ''];
    const next =
      by !== undefined
        ? { ...view, dx: view.dx + by[0], dy: view.dy + by[1] }
        : key === '+'
          ? zoomed(view, 1.4, width / 2, height / 2, width, height)
          : key === '-'
            ? zoomed(view, 1 / 1.4, width / 2, height / 2, width, height)
            : key === '0'
              ? WHOLE
              : null;
    if (next !== null) {
      setView(next);
      pointAt(next, width / 2, height / 2);
    } else if (key === 'Enter' && isOpen(hover?.index)) onSelect?.(hover.index);
    else if (key?.toLowerCase() === 'l' && onCatch !== undefined) setLasso(!isLasso);
    else return;
    event.preventDefault();
  };
  return (
    <ChartFrame
      label={label}
      summary={summary}
      legend={legend}
      table={() => ({
        head: ['', t('chart.images'), t('chart.share')],
        rows: counts.map(({ name, count }) => [name, format.number(count), format.percent(count / xs.length)]),
      })}
      actions={
        <span className="flex items-center">
          {onCatch !== undefined && (
            <IconButton
              label={isLasso ? t('chart.moveMap') : t('chart.lasso')}
              size="sm"
              aria-pressed={isLasso}
              className={cn(isLasso && 'bg-accent-soft text-accent')}
              onClick={() => setLasso(!isLasso)}
            >
              <Lasso size={14} aria-hidden />
            </IconButton>
          )}
          <IconButton label={t('hand.zoomOut')} size="sm" disabled={view.zoom === 1} onClick={() => zoomBy(1 / 1.6)}>
            <ZoomOut size={14} aria-hidden />
          </IconButton>
          <IconButton label={t('hand.zoomIn')} size="sm" onClick={() => zoomBy(1.6)}>
            <ZoomIn size={14} aria-hidden />
          </IconButton>
          <IconButton label={t('chart.showAll')} size="sm" disabled={view === WHOLE} onClick={() => setView(WHOLE)}>
            <Maximize size={14} aria-hidden />
          </IconButton>
        </span>
      }
    >
      <div ref={ref} className="relative overflow-hidden rounded-md border border-line bg-sunken" style={{ height }}>
        <canvas
          ref={canvas}
          tabIndex={0}
          role="application"
          aria-label={t('chart.mapKeys', { label, summary })}
          className={cn(
            'absolute inset-0 size-full touch-none -outline-offset-2',
            isLasso
              ? 'cursor-crosshair'
              : isOpen(hover?.index)
                ? 'cursor-pointer'
                : hover !== null && onSelect !== undefined
                  ? 'cursor-not-allowed'
                  : 'cursor-grab active:cursor-grabbing',
          )}
          {...handlers}
          onKeyDown={onKey}
        />
        {pictures.map(({ index, x, y }) => (
          <img
            key={index}
            src={pictureOf?.(index) ?? undefined}
            alt=""
            className="pointer-events-none absolute size-12 -translate-1/2 rounded-sm border-2 bg-panel object-cover
            shadow-low"
            style={{ left: x, top: y, borderColor: palette[groups[index] ?? -1] ?? 'var(--color-line-strong)' }}
          />
        ))}
        {drawn !== null && <Stroke corners={drawn} />}
        {hover !== null && tip !== undefined && (
          <div
            className="pointer-events-none absolute z-10 rounded-md bg-raised p-1.5 text-xs shadow-pop"
            style={{
              left: Math.max(0, Math.min(hover.x + 12, width - 190)),
              top: Math.min(hover.y + 12, height - 130),
            }}
          >
            {tip(hover.index)}
          </div>
        )}
      </div>
    </ChartFrame>
  );
}

/** What is being drawn over the map. */
const Stroke = ({ corners }: { corners: readonly number[] }) => (
  <svg aria-hidden className="pointer-events-none absolute inset-0 size-full">
    <polygon
      points={corners.join(' ')}
      fillRule="evenodd"
      className="fill-accent/15 stroke-accent"
      strokeWidth={1.5}
      strokeDasharray="4 3"
    />
  </svg>
);
