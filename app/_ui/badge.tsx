import type { ReactNode } from 'react';
import { cn } from '../_lib/cn.ts';

const TONES = {
  neutral: 'bg-hover text-muted',
  accent: 'bg-accent-soft text-accent-text',
  good: 'bg-good-soft text-good',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  outline: 'border border-line-strong text-muted',
} as const;

export type Tone = keyof typeof TONES;

/** A short word about a state. The word says it; the tone only helps. */
export function Badge({
  tone = 'neutral',
  icon,
  children,
  className,
}: {
  tone?: Tone;
  icon?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <span
      className={cn(
        'inline-flex h-5 shrink-0 items-center gap-1 rounded-full px-2 text-2xs font-medium whitespace-nowrap tabular',
        TONES[tone],
        className,
      )}
    >
      {icon}
      {children}
    </span>
  );
}

const DOTS = {
  neutral: 'bg-control',
  accent: 'bg-accent',
  good: 'bg-good',
  warn: 'bg-warn',
  bad: 'bg-bad',
  outline: 'border border-control',
} as const;

/** A state as a dot and a word. `live` lets the dot breathe. */
export function StatusDot({ tone, live = false, children }: { tone: Tone; live?: boolean; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-2 text-sm whitespace-nowrap">
      <span aria-hidden className={cn('size-2 shrink-0 rounded-full', DOTS[tone], live && 'animate-shimmer')} />
      {children}
    </span>
  );
}
