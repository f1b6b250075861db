'use client';
import { Columns3 } from 'lucide-react';
import type { BookColumn } from '#core/book/book-table.ts';
import type { SettingNames } from '#core/book/settings.ts';
import { useText } from '../../../_text/text.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Checkbox } from '../../../_ui/form/toggles.tsx';
import { Popover } from '../../../_ui/menu.tsx';
import { columnName } from './book-words.ts';
import type { BookView } from './use-book-view.ts';

/** Which columns the table shows: figures, and the settings in which runs differ. */
export function ColumnChoice({
  columns,
  names,
  view,
}: {
  columns: readonly BookColumn[];
  names: SettingNames;
  view: BookView;
}) {
  const text = useText();
  const { t } = text;
  const shown = new Set(view.visible.map(({ key }) => key));
  const settings = columns.filter(({ key }) => key.startsWith('setting.'));
  const group = (title: string, of: readonly BookColumn[]) => (
    <fieldset className="space-y-1.5">
      <legend className="mb-1 text-xs text-muted">{title}</legend>
      {of.map((column) => (
        <Checkbox
          key={column.key}
          label={columnName(text, column, names)}
          checked={shown.has(column.key)}
          onChange={(on) => view.show(column.key, on)}
        />
      ))}
    </fieldset>
  );
  return (
    <Popover
      label={t('runbook.columns')}
      align="end"
      className="max-h-[70dvh] w-64 overflow-y-auto"
      trigger={
        <Button size="sm" icon={<Columns3 size={13} aria-hidden />}>
          {t('runbook.columns')}
        </Button>
      }
    >
      <div className="space-y-3">
        {group(
          t('runbook.figures'),
          columns.filter(({ key }) => !key.startsWith('setting.')),
        )}
        {settings.length > 0 && group(t('runbook.differ'), settings)}
        <Button size="sm" variant="ghost" onClick={view.reset}>
          {t('runbook.asAtFirst')}
        </Button>
      </div>
    </Popover>
  );
}
