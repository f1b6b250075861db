'use client';
import { Maximize } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { readKey } from '#core/labeling/key-press.ts';
import { cn } from '../_lib/cn.ts';
import { onThemeChange, paintRgb } from '../_lib/theme.ts';
import { IconButton } from '../_ui/form/button.tsx';
import { ChartFrame } from './frame.tsx';
import { bounds, makePointIndex } from './geometry.ts';
import { orderByGroup, paintPoints } from './paint-points.ts';
import type { Rgb } from './paint-points.ts';
import { useWidth } from './use-size.ts';

export interface ScatterMapProps {
  label: string;
  summary: string;
  /** Coordinates in any unit, one entry a point. */
  xs: ArrayLike<number>;
  ys: ArrayLike<number>;
  /** Index into `palette` for each point. */
  groups: ArrayLike<number>;
  /** CSS colours; a point with a group outside of it is drawn faint. */
  palette: readonly string[];
  legend?: ReactNode;
  height?: number;
  /** Points drawn ringed, above the others. */
  marked?: readonly number[];
  /** What to show beside the pointer. */
  tip?: (index: number) => ReactNode;
  onSelect?: (index: number) => void;
  /** Does choosing this point do anything? Without it every point does. */
  opens?: (index: number) => boolean;
}

interface View {
  zoom: number;
  /** Shift in px. */
  dx: number;
  dy: number;
}
const WHOLE: View = { zoom: 1, dx: 0, dy: 0 };
const BLACK: Rgb = [0, 0, 0];
const NONE: readonly number[] = [];
const ALL = (): boolean => true;

/** The view with so much more zoom, the place (x, y) staying where it is. */
const zoomed = (view: View, factor: number, x: number, y: number, width: number, height: number): View => {
  const zoom = Math.min(40, Math.max(1, view.zoom * factor));
  const grown = zoom / view.zoom;
  return zoom === 1
    ? WHOLE
    : {
        zoom,
        dx: (x - width / 2) * (1 - grown) + view.dx * grown,
        dy: (y - height / 2) * (1 - grown) + view.dy * grown,
      };
};

/**
 * Many points on a canvas: wheel or + − zooms, drag or arrows move, 0 shows all; a click, or Enter for the point
 * nearest the middle, opens.
 */
export function ScatterMap({
  label,
  summary,
  xs,
  ys,
  groups,
  palette,
  legend,
  height = 420,
  marked = NONE,
  tip,
  onSelect,
  opens = ALL,
}: ScatterMapProps) {
  const { ref, width } = useWidth();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [view, setView] = useState(WHOLE);
  const [hover, setHover] = useState<{ index: number; x: number; y: number } | null>(null);
  const picture = useRef<ImageData | null>(null);
  const dragged = useRef(0);

  const placed = useMemo(() => {
    const [left, right] = bounds(xs);
    const [bottom, top] = bounds(ys);
    const scale = Math.min(width / (right - left), height / (top - bottom));
    const px = Float32Array.from(xs, (value) => (value - (left + right) / 2) * scale + width / 2);
    const py = Float32Array.from(ys, (value) => ((bottom + top) / 2 - value) * scale + height / 2);
    return { px, py, find: makePointIndex(px, py, 14) };
  }, [xs, ys, width, height]);

  const cloud = useMemo(
    () => ({ px: placed.px, py: placed.py, ...orderByGroup(groups, xs.length, palette.length) }),
    [placed, groups, xs.length, palette.length],
  );

  const [colours, setColours] = useState<readonly Rgb[] | null>(null);
  useEffect(() => {
    const read = () =>
      setColours(paintRgb(['var(--color-sunken)', 'var(--color-ink)', 'var(--color-line-strong)', ...palette]));
    read();
    return onThemeChange(read);
  }, [palette]);

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
      const [background = BLACK, ink = BLACK, ...points] = colours;
      const shiftX = width / 2 + at.dx - (width / 2) * at.zoom;
      const shiftY = height / 2 + at.dy - (height / 2) * at.zoom;
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
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.strokeStyle = `rgb(${ink.join(' ')})`;
      context.lineWidth = 1.5;
      for (const index of marked) {
        context.beginPath();
        context.arc(
          (placed.px[index] ?? 0) * at.zoom + shiftX,
          (placed.py[index] ?? 0) * at.zoom + shiftY,
          size + 2,
          0,
          Math.PI * 2,
        );
        context.stroke();
      }
    },
    [width, height, xs.length, cloud, placed, marked, colours],
  );

  useEffect(() => {
    const frame = requestAnimationFrame(() => draw(view));
    return () => cancelAnimationFrame(frame);
  }, [draw, view]);

  useEffect(() => {
    const node = canvas.current;
    if (node === null) return undefined;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      setView((before) => zoomed(before, Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY, width, height));
    };
    node.addEventListener('wheel', onWheel, { passive: false });
    return () => node.removeEventListener('wheel', onWheel);
  }, [width, height]);

  const pointAt = (at: View, x: number, y: number) => {
    const index = placed.find(
      (x - width / 2 - at.dx) / at.zoom + width / 2,
      (y - height / 2 - at.dy) / at.zoom + height / 2,
    );
    setHover(index < 0 ? null : { index, x, y });
    return index;
  };
  const isOpen = (index: number | undefined): index is number =>
    index !== undefined && index >= 0 && onSelect !== undefined && opens(index);

  const onMove = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.buttons === 1) {
      dragged.current += Math.abs(event.movementX) + Math.abs(event.movementY);
      setView((before) => ({ ...before, dx: before.dx + event.movementX, dy: before.dy + event.movementY }));
      setHover(null);
      return;
    }
    pointAt(view, event.nativeEvent.offsetX, event.nativeEvent.offsetY);
  };
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
    else return;
    event.preventDefault();
  };
  return (
    <ChartFrame
      label={label}
      summary={summary}
      legend={legend}
      actions={
        <IconButton label="Show all" size="sm" disabled={view === WHOLE} onClick={() => setView(WHOLE)}>
          <Maximize size={14} aria-hidden />
        </IconButton>
      }
    >
      <div ref={ref} className="relative overflow-hidden rounded-md border border-line bg-sunken" style={{ height }}>
        <canvas
          ref={canvas}
          tabIndex={0}
          role="application"
          aria-label={
            `${label}. ${summary} Plus and minus zoom, arrows move, zero shows all, Enter opens the point ` +
            `nearest the middle.`
          }
          className={cn(
            'absolute inset-0 size-full touch-none -outline-offset-2',
            isOpen(hover?.index)
              ? 'cursor-pointer'
              : hover !== null && onSelect !== undefined
                ? 'cursor-not-allowed'
                : 'cursor-crosshair',
          )}
          onPointerDown={(event) => {
            dragged.current = 0;
            event.currentTarget.setPointerCapture(event.pointerId);
          }}
          onPointerMove={onMove}
          onPointerLeave={() => setHover(null)}
          onClick={({ nativeEvent }) => {
            // A finger has not hovered before.
            const index = pointAt(view, nativeEvent.offsetX, nativeEvent.offsetY);
            if (isOpen(index) && dragged.current < 4) onSelect?.(index);
          }}
          onKeyDown={onKey}
        />
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
