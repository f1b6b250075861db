'use client';
import { LoaderCircle } from 'lucide-react';
import { useText } from '../_text/text.tsx';
import { cn } from '../_lib/cn.ts';

export function Spinner({ size = 14, label }: { size?: number; label?: string }) {
  return (
    <span
      className="inline-flex"
      role={label === undefined ? undefined : 'status'}
      aria-hidden={label === undefined ? true : undefined}
    >
      <LoaderCircle size={size} className="animate-spin" aria-hidden />
      {label !== undefined && <span className="sr-only">{label}</span>}
    </span>
  );
}

/** Holds the place of what is loading, so that nothing moves when it comes. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn('animate-shimmer rounded-md bg-hover', className)} />;
}

/** A page or panel that waits for its first data. */
export function Loading({ label, className }: { label?: string; className?: string }) {
  const { t } = useText();
  return (
    <div className={cn('flex items-center justify-center gap-2 p-10 text-sm text-muted', className)} role="status">
      <Spinner /> {label ?? t('common.loading')}
    </div>
  );
}
