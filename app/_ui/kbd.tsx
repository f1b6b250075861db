import { cn } from '../_lib/cn.ts';

/** A key cap. `onColour` for use inside a filled button. */
export function Kbd({
  children,
  onColour = false,
  className,
}: {
  children: string;
  onColour?: boolean;
  className?: string;
}) {
  return (
    <kbd
      className={cn(
        'inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-sm border px-1 font-sans text-2xs ' +
          'leading-none font-medium',
        onColour ? 'border-white/40 text-white' : 'border-line-strong bg-panel text-muted',
        className,
      )}
    >
      {children}
    </kbd>
  );
}
