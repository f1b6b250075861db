import type { ComponentProps, ReactNode } from 'react';
import { cn } from '../_lib/cn.ts';

/** A dense table that scrolls sideways inside its frame, never the page. `label` names it for screen readers. */
export function Table({ label, children, className }: { label: string; children: ReactNode; className?: string }) {
  return (
    <div className="relative overflow-x-auto" role="region" aria-label={label} tabIndex={0}>
      <table aria-label={label} className={cn('w-full border-collapse text-sm', className)}>
        {children}
      </table>
    </div>
  );
}

interface CellProps extends ComponentProps<'td'> {
  numeric?: boolean;
}

export const Th = ({ numeric = false, className, scope = 'col', ...props }: CellProps) => (
  <th
    scope={scope}
    className={cn(
      'h-8 border-b border-line px-3 text-xs font-medium whitespace-nowrap text-muted first:pl-4 last:pr-4',
      numeric ? 'text-right' : 'text-left',
      className,
    )}
    {...props}
  />
);

export const Td = ({ numeric = false, className, ...props }: CellProps) => (
  <td
    className={cn(
      'h-10 border-b border-line px-3 first:pl-4 last:pr-4',
      numeric && 'text-right whitespace-nowrap',
      className,
    )}
    {...props}
  />
);

export const Tr = ({ className, ...props }: ComponentProps<'tr'>) => (
  <tr
    className={cn(
      'transition-colors hover:bg-hover/60 aria-selected:bg-accent-soft [&:last-child>td]:border-b-0',
      className,
    )}
    {...props}
  />
);
