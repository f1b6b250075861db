'use client';
import { Maximize } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { onThemeChange, paintColours } from '../lib/theme.ts';
import { IconButton } from '../ui/button.tsx';
import { ChartFrame } from './frame.tsx';
import { bounds, makePointIndex } from './geometry.ts';
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
}

interface View {
  zoom: number;
  /** Shift in px. */
  dx: number;
  dy: number;
}
const WHOLE: View = { zoom: 1, dx: 0, dy: 0 };

/** Many points on a canvas: wheel or + − zooms, drag or arrows move, 0 shows all. */
export function ScatterMap({ label, summary, xs, ys, groups, palette, legend, height = 420, marked = [], tip, onSelect }: ScatterMapProps) {
  const { ref, width } = useWidth();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [view, setView] = useState(WHOLE);
  const [hover, setHover] = useState<{ index: number; x: number; y: number } | null>(null);
  const dragged = useRef(0);

  const placed = useMemo(() => {
    const [left, right] = bounds(xs);
    const [bottom, top] = bounds(ys);
    const scale = Math.min(width / (right - left), height / (top - bottom));
    const px = Float32Array.from(xs, (value) => (value - (left + right) / 2) * scale + width / 2);
    const py = Float32Array.from(ys, (value) => ((bottom + top) / 2 - value) * scale + height / 2);
    return { px, py, find: makePointIndex(px, py, 14) };
  }, [xs, ys, width, height]);

  /** Points of each group, so that a group is one colour change. */
  const members = useMemo(() => {
    const lists = Array.from({ length: palette.length + 1 }, (): number[] => []);
    for (let index = 0; index < xs.length; index += 1) lists[Math.min(palette.length, Math.max(0, groups[index] ?? palette.length))]?.push(index);
    return lists;
  }, [xs, groups, palette.length]);

  const draw = useCallback((at: View) => {
    const node = canvas.current;
    const context = node?.getContext('2d') ?? null;
    if (node === null || context === null || width === 0) return;
    const ratio = Math.min(2, window.devicePixelRatio);
    node.width = width * ratio;
    node.height = height * ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const colours = paintColours([...palette, 'var(--color-line-strong)', 'var(--color-ink)']);
    const size = Math.min(7, Math.max(1.6, (xs.length > 20_000 ? 1.8 : 3) * Math.sqrt(at.zoom)));
    const ox = width / 2 + at.dx;
    const oy = height / 2 + at.dy;
    const order = [members.length - 1, ...palette.keys()];
    context.globalAlpha = xs.length > 20_000 ? 0.7 : 0.85;
    for (const group of order) {
      context.fillStyle = colours[group] ?? '';
      for (const index of members[group] ?? []) {
        const x = ((placed.px[index] ?? 0) - width / 2) * at.zoom + ox;
        const y = ((placed.py[index] ?? 0) - height / 2) * at.zoom + oy;
        if (x < -4 || y < -4 || x > width + 4 || y > height + 4) continue;
        context.fillRect(x - size / 2, y - size / 2, size, size);
      }
    }
    context.globalAlpha = 1;
    context.strokeStyle = colours.at(-1) ?? '';
    context.lineWidth = 1.5;
    for (const index of marked) {
      context.beginPath();
      context.arc(((placed.px[index] ?? 0) - width / 2) * at.zoom + ox, ((placed.py[index] ?? 0) - height / 2) * at.zoom + oy, size + 2, 0, Math.PI * 2);
      context.stroke();
    }
  }, [width, height, palette, xs.length, members, placed, marked]);

  useEffect(() => {
    const frame = requestAnimationFrame(() => draw(view));
    return () => cancelAnimationFrame(frame);
  }, [draw, view]);
  useEffect(() => onThemeChange(() => draw(view)), [draw, view]);

  const zoomAt = useCallback((factor: number, x: number, y: number) => {
    setView((before) => {
      const zoom = Math.min(40, Math.max(1, before.zoom * factor));
      const grown = zoom / before.zoom;
      if (zoom === 1) return WHOLE;
      return { zoom, dx: (x - width / 2) * (1 - grown) + before.dx * grown, dy: (y - height / 2) * (1 - grown) + before.dy * grown };
    });
  }, [width, height]);

  useEffect(() => {
    const node = canvas.current;
    if (node === null) return undefined;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      zoomAt(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
    };
    node.addEventListener('wheel', onWheel, { passive: false });
    return () => node.removeEventListener('wheel', onWheel);
  }, [zoomAt]);

  const onMove = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.buttons === 1) {
      dragged.current += Math.abs(event.movementX) + Math.abs(event.movementY);
      setView((before) => ({ ...before, dx: before.dx + event.movementX, dy: before.dy + event.movementY }));
      setHover(null);
      return;
    }
    const { offsetX, offsetY } = event.nativeEvent;
    const index = placed.find((offsetX - width / 2 - view.dx) / view.zoom + width / 2, (offsetY - height / 2 - view.dy) / view.zoom + height / 2);
    setHover(index < 0 ? null : { index, x: offsetX, y: offsetY });
  };
  const onKey = (event: KeyboardEvent) => {
    const moves: Record<string, [number, number]> = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
    const by = moves[event.key];
    if (by !== undefined) setView((before) => ({ ...before, dx: before.dx + by[0], dy: before.dy + by[1] }));
    else if (event.key === '+' || event.key === '=') zoomAt(1.4, width / 2, height / 2);
    else if (event.key === '-') zoomAt(1 / 1.4, width / 2, height / 2);
    else if (event.key === '0') setView(WHOLE);
    else return;
    event.preventDefault();
  };
  return (
    <ChartFrame
      label={label}
      summary={summary}
      legend={legend}
      actions={<IconButton label="Show all" size="sm" disabled={view === WHOLE} onClick={() => setView(WHOLE)}><Maximize size={14} aria-hidden /></IconButton>}
    >
      <div ref={ref} className="relative overflow-hidden rounded-md border border-line bg-sunken" style={{ height }}>
        <canvas
          ref={canvas}
          tabIndex={0}
          role="application"
          aria-label={`${label}. ${summary} Plus and minus zoom, arrows move, zero shows all.`}
          className="absolute inset-0 size-full cursor-crosshair touch-none -outline-offset-2"
          onPointerDown={(event) => {
            dragged.current = 0;
            event.currentTarget.setPointerCapture(event.pointerId);
          }}
          onPointerMove={onMove}
          onPointerLeave={() => setHover(null)}
          onClick={() => hover !== null && dragged.current < 4 && onSelect?.(hover.index)}
          onKeyDown={onKey}
        />
        {hover !== null && tip !== undefined && (
          <div
            className="pointer-events-none absolute z-10 rounded-md bg-raised p-1.5 text-xs shadow-pop"
            style={{ left: Math.min(hover.x + 12, width - 150), top: Math.min(hover.y + 12, height - 90) }}
          >
            {tip(hover.index)}
          </div>
        )}
      </div>
    </ChartFrame>
  );
}
