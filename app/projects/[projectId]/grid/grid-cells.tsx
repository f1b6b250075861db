'use client';
import { X } from 'lucide-react';
import { useRef } from 'react';
import type { KeyboardEvent } from 'react';
import { readKey } from '#core/labeling/key-press.ts';
import { useText } from '../../../_text/text.tsx';
import { classColour } from '../../../_lib/class-colour.ts';
import { cn } from '../../../_lib/cn.ts';
import { useProject } from '../../../_shell/project.tsx';
import { ClassSwatch } from '../../../_ui/class-badge.tsx';
import { thumbnailUrl } from '../../../_labeling/media.ts';
import type { GridImage } from './use-grid.ts';

/** Thumbnails that a click or a key marks. Arrow keys move; the cell under the focus takes class keys. */
export function GridCells({
  images,
  answers,
  base,
  onToggle,
  onFocus,
  onConfirm,
}: {
  images: readonly GridImage[];
  answers: ReadonlyMap<string, string>;
  /** What an image is taken for unless marked; null where marking says that it belongs. */
  base: string | null;
  onToggle: (image: GridImage) => void;
  onFocus: (image: GridImage) => void;
  onConfirm: () => void;
}) {
  const { t } = useText();
  const { project, classById } = useProject();
  const grid = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const cells = [...(grid.current?.querySelectorAll<HTMLButtonElement>('button') ?? [])];
    const at = cells.indexOf(event.target as HTMLButtonElement);
    const first = cells[0];
    if (at < 0 || first === undefined) return;
    const key = readKey(event);
    if (key === 'Enter') {
      event.preventDefault();
      if (!event.repeat) onConfirm();
      return;
    }
    const columns = cells.filter((cell) => cell.offsetTop === first.offsetTop).length;
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
    const step = steps[key ?? ''];
    if (step === undefined) return;
    event.preventDefault();
    cells[Math.min(cells.length - 1, Math.max(0, at + step))]?.focus();
  };
  return (
    <div
      ref={grid}
      role="group"
      aria-label={t('grid.images')}
      onKeyDown={move}
      className="grid grid-cols-[repeat(auto-fill,minmax(5.5rem,1fr))] gap-2
      sm:grid-cols-[repeat(auto-fill,minmax(7rem,1fr))]"
    >
      {images.map((image, at) => {
        const classId = answers.get(image.id) ?? null;
        const look = classId === null ? undefined : classById.get(classId);
        const wrong = base !== null && classId === null;
        const other = look !== undefined && classId !== base;
        return (
          <button
            key={image.id}
            type="button"
            aria-pressed={base === null ? classId !== null : wrong || other}
            aria-label={t('grid.cell', {
              number: at + 1,
              total: images.length,
              answer: look?.name ?? t(wrong ? 'grid.wrong' : 'grid.noAnswer'),
            })}
            onClick={() => onToggle(image)}
            onFocus={() => onFocus(image)}
            className="group relative aspect-square overflow-hidden rounded-md bg-sunken focus-visible:outline-offset-2"
            style={
              other || (base === null && look !== undefined)
                ? { boxShadow: `0 0 0 3px ${classColour(look.colour)}` }
                : undefined
            }
          >
            <img
              src={thumbnailUrl(project.id, image.id)}
              alt=""
              draggable={false}
              className={cn('size-full object-cover', wrong && 'opacity-25 grayscale')}
            />
            {wrong && (
              <span aria-hidden className="absolute inset-0 flex items-center justify-center text-bad">
                <X size={40} strokeWidth={2.5} />
              </span>
            )}
            {look !== undefined && (other || base === null) && (
              <span
                className="absolute inset-x-1 bottom-1 flex items-center gap-1.5 truncate rounded-sm bg-panel/95
              px-1.5 py-0.5 text-xs font-medium text-ink"
              >
                <ClassSwatch look={look} size={10} />
                <span className="truncate">{look.name}</span>
              </span>
            )}
          </button>
        );
      })}
    </div>
  );
}
