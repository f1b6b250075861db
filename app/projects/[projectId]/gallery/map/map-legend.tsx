'use client';
import { cn } from '../../../../_lib/cn.ts';
import { useText } from '../../../../_text/text.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import type { MapGroup } from './colouring.ts';

/** Groups listed; a map of a thousand classes lists the first. */
const LISTED = 24;

/** The groups of a map; each is switched off and on by a click. */
export function MapLegend({
  groups,
  hidden,
  onChange,
}: {
  groups: readonly MapGroup[];
  hidden: ReadonlySet<number>;
  onChange: (hidden: ReadonlySet<number>) => void;
}) {
  const { t, format } = useText();
  const toggle = (group: number) => {
    const next = new Set(hidden);
    if (!next.delete(group)) next.add(group);
    onChange(next);
  };
  return (
    <span role="group" aria-label={t('map.shownGroups')} className="flex flex-wrap items-center gap-1">
      {groups.slice(0, LISTED).map(({ group, name, colour, count }) => {
        const isOn = !hidden.has(group);
        return (
          <button
            key={group}
            type="button"
            aria-pressed={isOn}
            onClick={() => toggle(group)}
            className={cn(
              'inline-flex h-6 items-center gap-1.5 rounded-md px-1.5 hover:bg-hover max-sm:h-8',
              !isOn && 'line-through opacity-60',
            )}
          >
            <span aria-hidden className="size-2.5 rounded-xs" style={{ background: isOn ? colour : 'transparent' }} />
            <span className="text-ink">{name}</span>
            <span className="tabular">{format.number(count)}</span>
          </button>
        );
      })}
      {groups.length > LISTED && <span>{t('map.more', { count: groups.length - LISTED })}</span>}
      {hidden.size > 0 && (
        <Button size="sm" variant="ghost" onClick={() => onChange(new Set())}>
          {t('map.showAll')}
        </Button>
      )}
    </span>
  );
}
