'use client';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { readKey } from '#core/labeling/key-press.ts';
import { cn } from '../../../_lib/cn.ts';

export interface VirtualGridProps<Item> {
  items: readonly Item[];
  keyOf: (item: Item) => string;
  /** Smallest width of a cell, px; as many columns as fit. */
  minCell: number;
  gap?: number;
  /** Height of what stands below the square image, px. */
  caption?: number;
  /** Called when the end comes near and there is more. */
  onEnd?: () => void;
  /** The cell; `focused` follows the arrow keys. */
  render: (item: Item, state: { index: number; focused: boolean; size: number }) => ReactNode;
  onOpen?: (item: Item, index: number) => void;
  /** Space on a cell; with Shift everything from the last one to here. */
  onToggle?: (item: Item, index: number, range: boolean) => void;
  label: string;
  className?: string;
}

/** Many images in a scrolling grid; only what is near the screen exists. Arrow keys move, Enter opens. */
export function VirtualGrid<Item>({
  items,
  keyOf,
  minCell,
  gap = 8,
  caption = 0,
  onEnd,
  render,
  onOpen,
  onToggle,
  label,
  className,
}: VirtualGridProps<Item>) {
  const frame = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [cursor, setCursor] = useState(0);
  useLayoutEffect(() => {
    const node = list.current;
    if (node === null) return undefined;
    const measure = () => setWidth(node.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    return () => observer.disconnect();
  }, []);

  const columns = Math.max(1, Math.floor((width + gap) / (minCell + gap)));
  const size = width === 0 ? minCell : (width - gap * (columns - 1)) / columns;
  const rowHeight = size + caption + gap;
  // oxlint-disable-next-line react/incompatible-library -- the React Compiler is not used
  const rows = useVirtualizer({
    count: Math.ceil(items.length / columns),
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 3,
  });
  useEffect(() => rows.measure(), [rows, rowHeight]);

  const visible = rows.getVirtualItems();
  const lastRow = visible.at(-1)?.index ?? 0;
  const nearEnd = items.length > 0 && (lastRow + 3) * columns >= items.length;
  useEffect(() => {
    if (nearEnd) onEnd?.();
  }, [nearEnd, items.length, onEnd]);

  const move = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: columns,
      ArrowUp: -columns,
      Home: -cursor,
      End: items.length - 1 - cursor,
    };
    const key = readKey(event);
    const step = steps[key ?? ''];
    const item = items[cursor];
    if (step !== undefined) {
      event.preventDefault();
      const next = Math.min(items.length - 1, Math.max(0, cursor + step));
      setCursor(next);
      rows.scrollToIndex(Math.floor(next / columns));
      requestAnimationFrame(() => frame.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus());
      return;
    }
    const onCell = (event.target as HTMLElement).dataset['index'] !== undefined;
    if (!onCell || item === undefined) return;
    if (key === 'Enter' && onOpen !== undefined) onOpen(item, cursor);
    else if (key === 'Space' && onToggle !== undefined) onToggle(item, cursor, event.shiftKey);
    else return;
    event.preventDefault();
  };

  return (
    <div ref={frame} className={cn('h-full overflow-y-auto', className)}>
      <div
        ref={list}
        role="list"
        aria-label={label}
        onKeyDown={move}
        style={{ height: rows.getTotalSize(), position: 'relative' }}
      >
        {visible.map((row) => (
          <div
            key={row.key}
            role="presentation"
            style={{
              position: 'absolute',
              top: 0,
              left: 0,
              right: 0,
              transform: `translateY(${row.start}px)`,
              display: 'grid',
              gridTemplateColumns: `repeat(${columns}, ${size}px)`,
              gap,
            }}
          >
            {items.slice(row.index * columns, (row.index + 1) * columns).map((item, column) => {
              const index = row.index * columns + column;
              return (
                <div
                  key={keyOf(item)}
                  role="listitem"
                  data-index={index}
                  tabIndex={index === cursor ? 0 : -1}
                  onFocus={() => setCursor(index)}
                  onClick={() => setCursor(index)}
                  className="rounded-md focus-visible:!outline-2 focus-visible:!outline-accent
                  focus-visible:!outline-solid"
                >
                  {render(item, { index, focused: index === cursor, size })}
                </div>
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}
