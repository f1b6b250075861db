'use client';
import { BoxSelect } from 'lucide-react';
import { useText } from '../../../../_text/text.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../../../../_ui/menu.tsx';
import type { MapGroup } from './colouring.ts';

/** Points picked by what they are, without drawing: the way of the keyboard. */
export function SelectMenu({
  groups,
  shown,
  onSelect,
}: {
  groups: readonly MapGroup[];
  /** Points that are shown now. */
  shown: number;
  /** One group, or all that are shown. */
  onSelect: (group: number | null) => void;
}) {
  const { t } = useText();
  return (
    <Menu
      align="start"
      trigger={
        <Button size="sm" icon={<BoxSelect size={13} aria-hidden />}>
          {t('map.select')}
        </Button>
      }
    >
      <MenuItem onSelect={() => onSelect(null)}>{t('map.allShown', { count: shown })}</MenuItem>
      <MenuSeparator />
      <MenuLabel>{t('map.oneGroup')}</MenuLabel>
      {groups.map(({ group, name, colour, count }) => (
        <MenuItem
          key={group}
          icon={<span aria-hidden className="inline-block size-2.5 rounded-xs" style={{ background: colour }} />}
          onSelect={() => onSelect(group)}
        >
          {t('map.groupOf', { name, count })}
        </MenuItem>
      ))}
    </Menu>
  );
}
