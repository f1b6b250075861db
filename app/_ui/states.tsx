'use client';
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../_text/text.tsx';
import { cn } from '../_lib/cn.ts';
import { readError } from '../_lib/error.ts';
import { Button } from './form/button.tsx';

export interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  /** The next step, in words. */
  children?: ReactNode;
  /** The next step, as a button. */
  action?: ReactNode;
  /** The title is the page's own where nothing else stands on it. */
  isPage?: boolean;
  className?: string;
}

export function EmptyState({ icon, title, children, action, isPage = false, className }: EmptyStateProps) {
  const Title = isPage ? 'h1' : 'h2';
  return (
    <div className={cn('flex flex-col items-center justify-center px-6 py-14 text-center', className)}>
      {icon !== undefined && (
        <div
          aria-hidden
          className="mb-3 flex size-10 items-center justify-center rounded-xl border border-line bg-panel text-faint
          shadow-low"
        >
          {icon}
        </div>
      )}
      <Title className="text-base">{title}</Title>
      {children !== undefined && <p className="mt-1 max-w-sm text-sm text-pretty text-muted">{children}</p>}
      {action !== undefined && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** What went wrong and what to do next, with a second try when that can help. */
export function ErrorState({
  error,
  onRetry,
  action,
  className,
}: {
  error: unknown;
  onRetry?: (() => void) | undefined;
  action?: ReactNode;
  className?: string;
}) {
  const { t } = useText();
  const { title, message, requestId, code } = readError(error);
  return (
    <div role="alert" className={cn('flex flex-col items-center justify-center px-6 py-14 text-center', className)}>
      <div aria-hidden className="mb-3 flex size-10 items-center justify-center rounded-xl bg-bad-soft text-bad">
        <CircleAlert size={18} />
      </div>
      <h2 className="text-base">{title}</h2>
      <p className="mt-1 max-w-md text-sm text-pretty text-muted">{message}</p>
      {requestId !== null && code === 'INTERNAL' && (
        <p className="mt-2 font-mono text-2xs text-faint">{t('common.request', { id: requestId })}</p>
      )}
      {onRetry !== undefined && (
        <Button className="mt-4" onClick={onRetry}>
          {t('common.tryAgain')}
        </Button>
      )}
      {action !== undefined && <div className="mt-4">{action}</div>}
    </div>
  );
}

/** A line about something that needs a look, inside a page. */
export function Notice({
  tone = 'neutral',
  title,
  action,
  children,
}: {
  tone?: 'neutral' | 'good' | 'warn' | 'bad';
  title?: ReactNode;
  action?: ReactNode;
  children?: ReactNode;
}) {
  const tones = {
    neutral: 'border-line bg-hover',
    good: 'border-good/30 bg-good-soft',
    warn: 'border-warn/30 bg-warn-soft',
    bad: 'border-bad/30 bg-bad-soft',
  } as const;
  return (
    <div
      role={tone === 'bad' ? 'alert' : 'status'}
      className={cn(
        'flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-lg border px-4 py-2.5 text-sm',
        tones[tone],
      )}
    >
      <div className="min-w-0">
        {title !== undefined && <strong className="font-medium">{title}</strong>} {children}
      </div>
      {action}
    </div>
  );
}
