import type { ClassInfo } from '#core/project/project.ts';
import { classColour, classShape } from '../_lib/class-colour.ts';
import type { Shape } from '../_lib/class-colour.ts';
import { cn } from '../_lib/cn.ts';
import { Kbd } from './kbd.tsx';

const PATHS: Record<Shape, string> = {
  circle: 'M6 1.2a4.8 4.8 0 1 1 0 9.6a4.8 4.8 0 1 1 0-9.6Z',
  square: 'M1.8 1.8h8.4v8.4H1.8Z',
  diamond: 'M6 .6 11.4 6 6 11.4 .6 6Z',
  triangle: 'M6 1.2 11.2 10.4H.8Z',
  wedge: 'M.8 1.6h10.4L6 10.8Z',
  cross: 'M4.2 1h3.6v3.2H11v3.6H7.8V11H4.2V7.8H1V4.2h3.2Z',
};

export type ClassLook = Pick<ClassInfo, 'colour' | 'position'>;

/**
 * The glyph of a class: its colour and, by position, its own shape, so that colour is never the only sign. Decorative.
 */
export function ClassSwatch({ look, size = 12, className }: { look: ClassLook; size?: number; className?: string }) {
  const { shape, hollow } = classShape(look.position);
  const colour = classColour(look.colour);
  return (
    <svg viewBox="0 0 12 12" width={size} height={size} aria-hidden className={cn('shrink-0', className)}>
      <path
        d={PATHS[shape]}
        style={{ fill: hollow ? 'none' : colour, stroke: colour }}
        strokeWidth={hollow ? 2.2 : 0}
        strokeLinejoin="round"
        {...(hollow ? { transform: 'translate(6 6) scale(.82) translate(-6 -6)' } : {})}
      />
    </svg>
  );
}

export interface ClassBadgeProps {
  look: Pick<ClassInfo, 'name' | 'colour' | 'position'>;
  /** Its key, shown as a cap. */
  hotkey?: string | null;
  size?: 'sm' | 'md';
  className?: string;
}

/** A class as people meet it everywhere: glyph and name. */
export function ClassBadge({ look, hotkey, size = 'md', className }: ClassBadgeProps) {
  return (
    <span
      className={cn('inline-flex max-w-full items-center gap-1.5', size === 'sm' ? 'text-xs' : 'text-sm', className)}
    >
      <ClassSwatch look={look} size={size === 'sm' ? 10 : 12} />
      <span className="truncate">{look.name}</span>
      {hotkey !== undefined && hotkey !== null && <Kbd>{hotkey.toUpperCase()}</Kbd>}
    </span>
  );
}
