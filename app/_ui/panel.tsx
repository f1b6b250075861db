import type { ReactNode } from 'react';
import { cn } from '../_lib/cn.ts';

export interface PanelProps {
  title?: ReactNode;
  description?: ReactNode;
  /** Buttons at the right of the title. */
  actions?: ReactNode;
  /** Content touches the edges (tables, images). */
  flush?: boolean;
  className?: string;
  children?: ReactNode;
}

/** A bordered group with an optional head. */
export function Panel({ title, description, actions, flush = false, className, children }: PanelProps) {
  return (
    <section className={cn('min-w-0 rounded-lg border border-line bg-panel', className)}>
      {(title !== undefined || actions !== undefined) && (
        <header
          className={cn('flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 pt-3', flush && 'pb-2')}
        >
          <div className="min-w-0">
            {title !== undefined && <h2 className="text-sm">{title}</h2>}
            {description !== undefined && <p className="text-xs text-muted">{description}</p>}
          </div>
          {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={flush ? '' : 'p-4'}>{children}</div>
    </section>
  );
}

export interface PageProps {
  title: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  /**
   * `narrow` for forms and reading (left), `middle` for a form that stands alone, `wide` for tables and charts, `full`
   * for edge to edge.
   */
  width?: 'narrow' | 'middle' | 'wide' | 'full';
  children: ReactNode;
}

const WIDTHS = {
  narrow: 'max-w-7xl [&>*]:max-w-3xl',
  middle: 'max-w-3xl',
  wide: 'max-w-7xl',
  full: 'max-w-none',
} as const;

/** A page's head and body; the one h1. */
export function Page({ title, description, actions, width = 'wide', children }: PageProps) {
  return (
    <div className={cn('mx-auto w-full px-4 py-5 sm:px-6 sm:py-6', WIDTHS[width])}>
      <header className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-xl">{title}</h1>
          {description !== undefined && (
            <p className="mt-0.5 max-w-prose text-sm text-pretty text-muted">{description}</p>
          )}
        </div>
        {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
