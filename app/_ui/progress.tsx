import { cn } from '../_lib/cn.ts';
import { useText } from '../_text/text.tsx';

export interface ProgressProps {
  done: number;
  /** Null while the amount is not known yet. */
  total: number | null;
  label: string;
  /** Things a second. */
  rate?: number | null;
  noun?: string;
  secondsLeft?: number | null;
  tone?: 'accent' | 'good' | 'warn';
  /** Only the bar; the label is still read aloud. */
  bare?: boolean;
  /** Jumps instead of gliding: beside a stage that answers keys, each gliding frame is one that a key waits for. */
  still?: boolean;
  className?: string;
}

const FILLS = { accent: 'bg-accent', good: 'bg-good', warn: 'bg-warn' } as const;

/** Long work: how far, how fast, how long still. */
export function Progress({
  done,
  total,
  label,
  rate,
  noun = '',
  secondsLeft,
  tone = 'accent',
  bare = false,
  still = false,
  className,
}: ProgressProps) {
  const { t, format } = useText();
  const share = total === null || total === 0 ? null : Math.min(1, done / total);
  const bar = (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      {...(total === null ? {} : { 'aria-valuemax': total, 'aria-valuenow': done })}
      className="h-1.5 w-full overflow-hidden rounded-full bg-press"
    >
      <div
        className={cn(
          'h-full rounded-full',
          FILLS[tone],
          !still && 'transition-transform duration-300',
          share === null && 'w-1/3 animate-shimmer',
        )}
        {...(share === null ? {} : { style: { transform: `translateX(${(share - 1) * 100}%)` } })}
      />
    </div>
  );
  if (bare) return <div className={className}>{bar}</div>;
  const facts = [
    t(total === null ? 'common.doneSoFar' : 'common.doneOf', { done, total: total ?? 0, noun }).trim(),
    ...(rate === undefined || rate === null || rate <= 0 ? [] : [format.rate(rate)]),
    ...(secondsLeft === undefined || secondsLeft === null
      ? []
      : [t('common.timeLeft', { duration: format.duration(secondsLeft) })]),
  ];
  return (
    <div className={cn('space-y-1.5', className)}>
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 text-xs">
        <span className="font-medium">{label}</span>
        <span className="text-muted tabular">{facts.join(' · ')}</span>
      </div>
      {bar}
    </div>
  );
}
