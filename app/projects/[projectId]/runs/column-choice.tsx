'use client';
import { Columns3 } from 'lucide-react';
import type { BookColumn } from '#core/book/book-table.ts';
import { Button } from '../../../_ui/form/button.tsx';
import { Checkbox } from '../../../_ui/form/toggles.tsx';
import { Popover } from '../../../_ui/menu.tsx';
import type { BookView } from './use-book-view.ts';

/** Which columns the table shows: figures, and the settings in which runs differ. */
export function ColumnChoice({ columns, view }: { columns: readonly BookColumn[]; view: BookView }) {
  const shown = new Set(view.visible.map(({ key }) => key));
  const settings = columns.filter(({ key }) => key.startsWith('setting.'));
  const group = (title: string, of: readonly BookColumn[]) => (
    <fieldset className="space-y-1.5">
      <legend className="mb-1 text-xs text-muted">{title}</legend>
      {of.map(({ key, name }) => (
        <Checkbox key={key} label={name} checked={shown.has(key)} onChange={(on) => view.show(key, on)} />
      ))}
    </fieldset>
  );
  return (
    <Popover
      label="Columns"
      align="end"
      className="max-h-[70dvh] w-64 overflow-y-auto"
      trigger={
        <Button size="sm" icon={<Columns3 size={13} aria-hidden />}>
          Columns
        </Button>
      }
    >
      <div className="space-y-3">
        {group(
          'Figures',
          columns.filter(({ key }) => !key.startsWith('setting.')),
        )}
        {settings.length > 0 && group('Settings that differ', settings)}
        <Button size="sm" variant="ghost" onClick={view.reset}>
          As at first
        </Button>
      </div>
    </Popover>
  );
}
