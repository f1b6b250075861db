'use client';
import { useRef, useState } from 'react';
import type { PointerEvent, ReactNode, WheelEvent } from 'react';
import { cn } from '../_lib/cn.ts';
import { imageUrl } from './media.ts';

export interface View {
  zoom: number;
  x: number;
  y: number;
}
export const FIT: View = { zoom: 1, x: 0, y: 0 };
const ZOOM_MAX = 16;

export const zoomBy = (view: View, factor: number): View => {
  const zoom = Math.min(ZOOM_MAX, Math.max(1, view.zoom * factor));
  return zoom === 1 ? FIT : { zoom, x: (view.x * zoom) / view.zoom, y: (view.y * zoom) / view.zoom };
};

/** How the image on screen is looked at; the next one fits again. */
export function useView(imageId: string | null): [View, (view: View) => void] {
  const [zoomed, setZoomed] = useState<{ id: string; view: View } | null>(null);
  return [
    imageId !== null && zoomed?.id === imageId ? zoomed.view : FIT,
    (view) => imageId !== null && setZoomed({ id: imageId, view }),
  ];
}

export interface Light {
  /** Factors, 1 as it is. */
  brightness: number;
  contrast: number;
  /** Show the pixels of small images instead of smoothing them. */
  pixels: boolean;
}
export const PLAIN_LIGHT: Light = { brightness: 1, contrast: 1, pixels: false };

export interface StageImage {
  id: string;
  fileName: string;
  width: number;
  height: number;
}

/**
 * The image, as large as the page allows. The next ones lie ready and decoded beneath it, so that advancing changes
 * only which layer is seen: nothing is loaded, laid out or moved.
 */
export function Stage({
  projectId,
  images,
  ahead,
  view,
  onView,
  light,
  children,
}: {
  projectId: string;
  /** The first is seen. */
  images: readonly StageImage[];
  /** How many lie ready, the seen one included. */
  ahead: number;
  view: View;
  onView: (view: View) => void;
  light: Light;
  children?: ReactNode;
}) {
  const drag = useRef<{ x: number; y: number; from: View } | null>(null);
  const [dragging, setDragging] = useState(false);
  const [failed, setFailed] = useState<ReadonlySet<string>>(new Set());
  const current = images[0];
  const down = (event: PointerEvent<HTMLDivElement>) => {
    if (view.zoom === 1 || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: event.clientX, y: event.clientY, from: view };
    setDragging(true);
  };
  const move = (event: PointerEvent) => {
    if (drag.current === null) return;
    onView({
      ...view,
      x: drag.current.from.x + event.clientX - drag.current.x,
      y: drag.current.from.y + event.clientY - drag.current.y,
    });
  };
  const up = () => {
    drag.current = null;
    setDragging(false);
  };
  const wheel = (event: WheelEvent) => {
    if (event.deltaY !== 0) onView(zoomBy(view, event.deltaY < 0 ? 1.2 : 1 / 1.2));
  };
  return (
    <div
      className={cn(
        'relative min-h-0 flex-1 touch-none overflow-hidden bg-sunken',
        view.zoom > 1 && (dragging ? 'cursor-grabbing' : 'cursor-grab'),
      )}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={up}
      onWheel={wheel}
      data-stage={current?.id ?? ''}
    >
      {images.slice(0, ahead).map((image, index) => (
        <img
          key={image.id}
          src={imageUrl(projectId, image.id)}
          alt={index === 0 ? `To label: ${image.fileName}` : ''}
          aria-hidden={index !== 0}
          draggable={false}
          decoding={index === 0 ? 'sync' : 'async'}
          fetchPriority={index < 2 ? 'high' : 'auto'}
          onLoad={(event) => void event.currentTarget.decode().catch(() => undefined)}
          onError={() => setFailed((before) => new Set(before).add(image.id))}
          className="pointer-events-none absolute inset-3 size-[calc(100%-1.5rem)] object-contain select-none"
          style={
            index === 0
              ? {
                  transform: view.zoom === 1 ? undefined : `translate(${view.x}px, ${view.y}px) scale(${view.zoom})`,
                  filter:
                    light.brightness === 1 && light.contrast === 1
                      ? undefined
                      : `brightness(${light.brightness}) contrast(${light.contrast})`,
                  imageRendering: light.pixels ? 'pixelated' : 'auto',
                }
              : { opacity: 0, imageRendering: light.pixels ? 'pixelated' : 'auto' }
          }
        />
      ))}
      {current !== undefined && failed.has(current.id) && (
        <p
          role="alert"
          className="absolute inset-x-0 top-1/2 mx-auto max-w-sm -translate-y-1/2 rounded-lg border border-line bg-panel
          px-4 py-3 text-center text-sm text-muted"
        >
          This image did not load. Skip it with Space, or wait for the connection: it is asked for again when you come
          back to it.
        </p>
      )}
      {children}
    </div>
  );
}
